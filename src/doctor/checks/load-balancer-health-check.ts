import { shellWord } from '../../errors/shell-word.ts';
import { unexposeCommand } from '../../exposure/plan/unexpose-command.ts';
import { mappingOf } from '../../exposure/pod-port.ts';
import type { PortMapping } from '../../exposure/port-mapping.ts';
import { decidingOf, probedByHttp } from '../../platforms/health-check.ts';
import { operandOf } from '../../skypilot/operand.ts';
import { headPodOf, type SkyCluster } from '../../skypilot/sky-cluster.ts';
import { listens } from '../../snapshot/listening-sockets.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { defineCheck } from '../define-check.ts';
import { fieldOf, serviceReference } from '../evidence.ts';
import type { Cure } from '../finding.ts';
import { type KnownLoadBalancer, knownLoadBalancers, platformTopics } from '../known-load-balancers.ts';
import { aboutOf, type Scene } from '../scene.ts';
import { exposeCommand } from '../words.ts';

type Judged = Scene<'services', 'pods' | 'podProbes'>;

/** A Service of which one port's health counts for all, or whose ports are probed in a way that an app may not answer. */
type Fault =
  | {
      readonly kind: 'hangs';
      readonly port: number;
      readonly count: number;
      readonly isDeaf: boolean;
      readonly isPinned: boolean;
    }
  | { readonly kind: 'by-http'; readonly port: number; readonly annotation: string };

interface Found extends KnownLoadBalancer {
  readonly fault: Fault;
  /** All of its ports, and the first that something listens on, if that was seen. */
  readonly all: readonly PortMapping[];
  readonly listening: number | undefined;
}

export const loadBalancerHealthCheck = defineCheck({
  id: 'load-balancer-health-check',
  link: 'load-balancer',
  title: "each port's health hangs on that port alone, and not on how its app answers",
  severity: 'info',
  needs: ['services'],
  wants: ['pods', 'podProbes', ...platformTopics],
  after: ['api-server-answers', 'load-balancer-address'],
  docs: {
    means:
      "A load balancer probes one port for all of a Service's ports (AWS's own controller, the first port of the list, unless it makes a Network Load Balancer), so that the others are dead when that port is. It is an error when `--probe=pod` saw that nothing listens on it. Or AKS probes a port by HTTP because of its `appProtocol`: a warning, for an app that does not answer 200 counts as dead.",
    matters: 'A port whose app works answers nobody, and nothing in Kubernetes shows why.',
    mend: "For a Service of this plugin's: make it again with the right port first (`expose --health-check PORT`, or `--probe=pod`). On SkyPilot's own Service nothing can be pinned durably: its next launch makes it anew. What does last is an annotation in `kubernetes.custom_metadata` of SkyPilot's configuration, which lands on every object; or a load balancer beside, by `expose`.",
    sources: [
      'https://github.com/kubernetes/cloud-provider-aws/blob/master/pkg/providers/v1/aws.go: one health check for a Classic Load Balancer',
      'https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/: port_{port}_health-probe_protocol, appProtocol',
      'sky/provision/kubernetes/network.py: the Service is made anew; custom_metadata is merged into it',
    ],
  },
  notApplicable: (scene) =>
    loadBalancerServices(scene).length === 0 ? 'no load balancer of which the platform is known' : undefined,
  find: (scene) =>
    loadBalancerServices(scene).flatMap((each) =>
      faultsOf(each, scene).map((fault) => {
        const reference = serviceReference(each.service);
        return {
          ...each,
          fault,
          about: [aboutOf(each.skyCluster)],
          objects: [reference],
          evidence: [fieldOf(reference, 'spec.ports', each.service.spec?.ports)],
        };
      }),
    ),
  severityOf: ({ fault }) => (fault.kind === 'by-http' ? 'warning' : fault.isDeaf ? 'error' : 'info'),
  say({ fault, service, loadBalancer, skyCluster }) {
    const name = `Service ${service.metadata?.name}`;
    const { title } = loadBalancer;
    if (fault.kind === 'by-http') {
      return `${title} probes port ${fault.port} of ${name} by HTTP, for its appProtocol says so: an app that does not answer 200 at / counts as dead`;
    }
    const fact = `the health of all ${fault.count} ports of ${name} hangs on port ${fault.port}: ${fault.isPinned ? `annotations of it lead ${title} there` : `${title} probes one port for all`}`;
    return fault.isDeaf ? `${fact}, and nothing listens on it in Pod ${headPodOf(skyCluster)?.metadata?.name}` : fact;
  },
  cure: (found) => (found.fault.kind === 'by-http' ? plainProbe(found, found.fault) : anotherPort(found, found.fault)),
});

/** With the ports of each, and the first that something listens on. */
function loadBalancerServices(scene: Judged): Omit<Found, 'fault'>[] {
  return knownLoadBalancers(scene).map((each) => {
    const { service, skyCluster } = each;
    const all = (service.spec?.ports ?? []).map((port) => mappingOf(port, skyCluster));
    const listening = all.find((port) => listensOn(port, skyCluster, scene))?.servicePort;
    return { ...each, all, listening };
  });
}

function faultsOf({ service, skyCluster, loadBalancer, all }: Omit<Found, 'fault'>, scene: Judged): Fault[] {
  const { metadata, spec } = service;
  const byHttp = probedByHttp(loadBalancer, service).map((each) => ({ kind: 'by-http', ...each }) as const);
  const probed = { annotations: metadata?.annotations ?? {}, externalTrafficPolicy: spec?.externalTrafficPolicy };
  const { decides, port } = decidingOf(loadBalancer, probed);
  const deciding = port === undefined ? all[0] : all.find(({ servicePort }) => servicePort === port);
  if (!deciding || all.length < 2 || decides !== 'one') return byHttp;
  const isListening = listensOn(deciding, skyCluster, scene);
  // Whoever pinned it knows.
  const isPinned = port !== undefined;
  if (isListening || (isPinned && isListening === undefined)) return byHttp;
  return [
    ...byHttp,
    { kind: 'hangs', port: deciding.servicePort, count: all.length, isDeaf: isListening === false, isPinned },
  ];
}

/** Undefined when nobody looked. */
function listensOn({ targetPort }: PortMapping, skyCluster: SkyCluster, { perhaps }: Judged): boolean | undefined {
  const head = headPodOf(skyCluster)?.metadata?.name;
  const probe = itemsOf(perhaps.podProbes).find(
    ({ namespace, pod, port }) => namespace === skyCluster.namespace && pod === head && port === targetPort,
  );
  return probe && listens(probe);
}

function anotherPort(
  { owner, skyCluster, loadBalancer, all, listening, fault }: Found,
  { port }: { port: number },
): Cure {
  const name = operandOf(skyCluster);
  const place = `-n ${shellWord(skyCluster.namespace)}`;
  if (fault.kind === 'hangs' && !fault.isDeaf) {
    return {
      command: `kubectl skyports doctor ${name} ${place} --probe=pod`,
      note: `says whether something listens on port ${port}`,
    };
  }
  const { eachWith } = loadBalancer.healthCheck;
  if (owner === 'kubectl-skyports' && fault.kind === 'hangs' && fault.isPinned && listening !== undefined) {
    const command = `${exposeCommand(skyCluster, all, 'loadbalancer')} --health-check ${listening}`;
    return { command, note: 'pins it to a port that something listens on' };
  }
  if (owner === 'kubectl-skyports') {
    const right = listening === undefined ? 'the port that listens' : String(listening);
    return {
      command: unexposeCommand(skyCluster, 'loadbalancer'),
      note: `then expose again with --health-check ${right}: the order of the ports is set when a Service is made`,
    };
  }
  const annotation = eachWith && `${eachWith.annotation}=${eachWith.value}`;
  const how = annotation ? `--annotation ${annotation}` : '--probe=pod';
  const command = `${exposeCommand(skyCluster, all, 'loadbalancer')} ${how}`;
  if (owner !== 'skypilot') return { command, note: 'a load balancer beside it' };
  const lasting = annotation
    ? `; for new clusters kubernetes.custom_metadata.annotations in ~/.sky/config.yaml: ${eachWith.annotation}: ${eachWith.value}, which lands on every object`
    : '';
  return {
    command: `${command} --force`,
    note: `a load balancer beside it: nothing that is pinned on SkyPilot's own Service lasts, its next launch makes it anew${lasting}`,
  };
}

function plainProbe(
  { owner, service, skyCluster, all }: Found,
  { port, annotation }: { port: number; annotation: string },
): Cure {
  const { namespace = '', name = '' } = service.metadata ?? {};
  if (owner === 'kubectl-skyports') {
    const one = all.filter(({ servicePort }) => servicePort === port);
    return {
      command: `${exposeCommand(skyCluster, one, 'loadbalancer')} --annotation ${annotation}`,
      note: 'probes it by TCP',
    };
  }
  return {
    command: `kubectl annotate service ${shellWord(name)} -n ${shellWord(namespace)} ${annotation}`,
    note:
      owner === 'skypilot'
        ? 'probes it by TCP, until the next launch makes the Service anew; kubernetes.custom_metadata.annotations in ~/.sky/config.yaml lasts'
        : 'probes it by TCP',
  };
}
