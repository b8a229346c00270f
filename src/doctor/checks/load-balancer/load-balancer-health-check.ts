import { advice, type CommandPart, type Cure, command, cure, part } from '../../../errors/cure.ts';
import { unexposeCommand } from '../../../exposure/plan/unexpose-command.ts';
import { mappingOf, type PortMapping } from '../../../exposure/port-mapping.ts';
import { healthCheckScopeOf, probedByHttp } from '../../../platforms/health-check.ts';
import { controllerKindOf } from '../../../skypilot/controllers.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import { headPodOf, type SkyCluster } from '../../../skypilot/sky-cluster.ts';
import { listens } from '../../../snapshot/listening-sockets.ts';
import { itemsOf } from '../../../snapshot/topics.ts';
import { type CheckContext, clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, serviceReference } from '../../finding.ts';
import { exposeCommand } from '../../format.ts';
import { balancedServices, balancedTopics } from '../../subjects/balanced-services.ts';
import { anotherPath, controllerProbes, controllerWords } from '../../subjects/controller-probes.ts';
import { type KnownLoadBalancer, knownLoadBalancers } from '../../subjects/exposing-services.ts';
import { serveStatusCure } from '../../subjects/serve-cures.ts';

type Judged = CheckContext<'services', (typeof balancedTopics)[number] | 'podProbes'>;

/**
 * A fault of a Service. `hangs`: the health of all ports depends on one port. `by-http`: the load balancer probes a port
 * by HTTP, and the app may not answer 200.
 */
type Fault =
  | {
      readonly kind: 'hangs';
      readonly port: number;
      readonly count: number;
      readonly isDeaf: boolean;
      readonly isPinned: boolean;
    }
  | {
      readonly kind: 'by-http';
      readonly port: number;
      readonly annotation: string;
      /** Whether a call of the Service's address got no answer. */
      readonly isDead: boolean;
    };

interface Found extends KnownLoadBalancer {
  readonly fault: Fault;
  /** All ports of the Service. */
  readonly all: readonly PortMapping[];
  /** The first Service port that has a listener; undefined if no listener is known. */
  readonly listening: number | undefined;
}

export const loadBalancerHealthCheck = defineCheck({
  id: 'load-balancer-health-check',
  group: 'load-balancer',
  onPath: true,
  breaksCalls: true,
  title: "each port's health depends on that port alone, not on what its app answers",
  severity: 'info',
  needs: ['services'],
  wants: [...balancedTopics, 'podProbes'],
  after: ['api-server-answers', 'load-balancer-address'],
  docs: () => ({
    means:
      "There are three cases. First: one port's health decides for all ports of a Service, as for a Classic Load Balancer of AWS, which probes the first port. It is an error if `--probe=pod` found that nothing listens on that port. Second: AKS probes a port by HTTP because of its `appProtocol`. It is a warning, because an app that does not answer 200 counts as dead, and an error if a call of the port got no answer. Third: a load balancer requests a path from the ingress controller that no Ingress serves, as AKS does with `/` because of the `appProtocol` of ingress-nginx's own Service. The controller answers 404, and every node counts as dead, so it is an error.",
    matters: 'A port does not answer although its app works, and Kubernetes does not show why.',
    fix: "The command depends on who created the Service. If this plugin created it, delete it, and create it again with the right port first. If SkyPilot created it, an annotation on the Service is lost at the next launch, because SkyPilot creates the Service again. So change SkyPilot's configuration for new clusters, which sets the annotation on every object, or create a second load balancer for a running cluster. For AWS, the annotation requests a Network Load Balancer, which probes each port on its own. If the Service belongs to an ingress controller, name the path that the controller answers with 200.",
    commands: [
      cure(
        command`kubectl skyports unexpose NAME --mode loadbalancer`,
        'if this plugin created the Service, first: deletes it, because the order of its ports cannot be changed',
      ),
      cure(
        command`kubectl skyports expose NAME PORTS --mode loadbalancer --health-check PORT`,
        'then: creates it again, with a health check of PORT',
      ),
      cure(
        command`kubectl skyports config set-annotation service.beta.kubernetes.io/aws-load-balancer-type=nlb`,
        'if SkyPilot created it, on AWS: gives new SkyPilot clusters Network Load Balancers',
      ),
      cure(
        command`kubectl skyports config set-annotation service.beta.kubernetes.io/port_PORT_health-probe_protocol=tcp`,
        'if SkyPilot created it, on AKS: makes the probe of PORT use TCP, for new SkyPilot clusters',
      ),
      cure(
        command`kubectl skyports expose NAME PORTS --mode loadbalancer --beside-skypilot --health-check PORT`,
        'if SkyPilot created it, for a running SkyPilot cluster: creates a second load balancer that checks PORT',
      ),
      cure(
        command`kubectl annotate service ingress-nginx-controller -n ingress-nginx service.beta.kubernetes.io/azure-load-balancer-health-probe-request-path=/healthz`,
        'if it is the Service of ingress-nginx, on AKS: names a path that ingress-nginx answers with 200',
      ),
    ],
    sources: [
      'https://github.com/kubernetes/cloud-provider-aws/blob/master/pkg/providers/v1/aws.go: one health check for a Classic Load Balancer',
      'https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/: port_{port}_health-probe_protocol, appProtocol',
      'https://github.com/Azure/AKS/issues/3210, https://github.com/MicrosoftDocs/azure-docs/issues/92046, https://github.com/digitalocean/digitalocean-cloud-controller-manager/issues/195',
      'sky/provision/kubernetes/network.py: the Service is created again; custom_metadata is merged into it',
    ],
  }),
  notApplicable: (scene) =>
    loadBalancerServices(scene).length === 0 && controllerProbes(scene).length === 0
      ? 'no load balancer with a known platform'
      : undefined,
  find: (scene) => [
    ...loadBalancerServices(scene).flatMap((each) =>
      faultsOf(each, scene).map((fault) => {
        const reference = serviceReference(each.service);
        return {
          ...{ exposed: { ...each, fault }, atController: undefined },
          about: [clusterKey(each.skyCluster)],
          objects: [reference],
          evidence: [fieldOf(reference, 'spec.ports', each.service.spec?.ports)],
        };
      }),
    ),
    ...controllerProbes(scene).flatMap((atController) => {
      const { service, about, call } = atController.balanced;
      // If a call is answered, the probe of the load balancer is answered, too.
      if (call === 'answers') return [];
      const reference = serviceReference(service);
      return [
        {
          ...{ exposed: undefined, atController, about, objects: [reference] },
          evidence: [
            fieldOf(reference, 'spec.ports', service.spec?.ports),
            fieldOf(
              reference,
              `metadata.annotations["${atController.probe.pathAnnotation}"]`,
              service.metadata?.annotations?.[atController.probe.pathAnnotation],
            ),
          ],
        },
      ];
    }),
  ],
  severityOf({ exposed, atController }) {
    if (atController) return atController.mayAnswer && atController.balanced.call !== 'no-answer' ? 'warning' : 'error';
    const { fault } = exposed;
    if (fault.kind === 'by-http') return fault.isDead ? 'error' : 'warning';
    return fault.isDeaf ? 'error' : 'info';
  },
  say: ({ exposed, atController }) => (atController ? controllerWords(atController) : exposedWords(exposed)),
  cures({ exposed, atController }) {
    if (atController) return anotherPath(atController);
    const { fault } = exposed;
    return fault.kind === 'by-http' ? plainProbe(exposed, fault) : anotherPort(exposed, fault);
  },
});

function exposedWords({ fault, service, loadBalancer, skyCluster }: Found): string {
  const name = `Service ${service.metadata?.name}`;
  const { title } = loadBalancer;
  if (fault.kind === 'by-http') {
    return `${title} probes port ${fault.port} of ${name} by HTTP, because of its appProtocol: an app that does not answer 200 at / counts as dead`;
  }
  const fact = `the health of all ${fault.count} ports of ${name} depends on port ${fault.port}: ${fault.isPinned ? `annotations of it lead ${title} there` : `${title} probes one port for all`}`;
  return fault.isDeaf ? `${fact}, and nothing listens on it in Pod ${headPodOf(skyCluster)?.metadata?.name}` : fact;
}

/**
 * The Services with a known load balancer. Each entry contains the Service's ports, and the first port with a listener.
 */
function loadBalancerServices(scene: Judged): Omit<Found, 'fault'>[] {
  return knownLoadBalancers(scene).map((each) => {
    const { service, skyCluster } = each;
    const all = (service.spec?.ports ?? []).map((port) => mappingOf(port, skyCluster));
    const listening = all.find((port) => listensOn(port, skyCluster, scene))?.servicePort;
    return { ...each, all, listening };
  });
}

function faultsOf({ service, skyCluster, loadBalancer, all, listening }: Omit<Found, 'fault'>, scene: Judged): Fault[] {
  const { metadata, spec } = service;
  const isDead = balancedServices(scene).some((each) => each.service === service && each.call === 'no-answer');
  const byHttp = probedByHttp(loadBalancer, service)
    .filter(({ isRequested }) => !isRequested)
    .map((each) => ({ kind: 'by-http', ...each, isDead }) as const);
  const probed = { annotations: metadata?.annotations ?? {}, externalTrafficPolicy: spec?.externalTrafficPolicy };
  const { scope, port } = healthCheckScopeOf(loadBalancer, probed);
  const deciding = port === undefined ? all[0] : all.find(({ servicePort }) => servicePort === port);
  if (!deciding || all.length < 2 || scope !== 'shared') return byHttp;
  const isListening = listensOn(deciding, skyCluster, scene);
  // A SkyServe controller without a service listens on no port, and nothing is wrong.
  const isIdle = controllerKindOf(skyCluster) === 'serve' && listening === undefined;
  const isDeaf = isListening === false && !isIdle;
  // If an annotation sets the port of the probe, a user chose this port on purpose.
  const isPinned = port !== undefined;
  if (isListening || (isPinned && isListening === undefined)) return byHttp;
  return [...byHttp, { kind: 'hangs', port: deciding.servicePort, count: all.length, isDeaf, isPinned }];
}

/** Whether something in the head Pod listens on the target port; undefined if this port was not probed. */
function listensOn({ targetPort }: PortMapping, skyCluster: SkyCluster, { perhaps }: Judged): boolean | undefined {
  const head = headPodOf(skyCluster)?.metadata?.name;
  const probe = itemsOf(perhaps.podProbes).find(
    ({ namespace, pod, port }) => namespace === skyCluster.namespace && pod === head && port === targetPort,
  );
  return probe && listens(probe);
}

function anotherPort(found: Found, { port }: { port: number }): readonly Cure[] {
  const { owner, skyCluster, loadBalancer, all, listening, fault } = found;
  if (fault.kind === 'hangs' && !fault.isDeaf) {
    const probing = command`kubectl skyports doctor ${operandOf(skyCluster)} -n ${skyCluster.namespace} --probe=pod`;
    const explaining = command`kubectl skyports doctor --explain load-balancer-health-check`;
    return [
      cure(probing, `shows whether something listens on port ${port}`),
      cure(explaining, 'says how to probe another port'),
    ];
  }
  const checking = listening === undefined ? part`--health-check PORT` : part`--health-check ${listening}`;
  const expose = (flags: CommandPart) => exposeCommand(skyCluster, all, 'loadbalancer', flags);
  if (owner === 'kubectl-skyports' && fault.kind === 'hangs' && fault.isPinned && listening !== undefined) {
    return [cure(expose(checking), 'pins it to a port that something listens on')];
  }
  if (owner === 'kubectl-skyports') {
    const what = listening === undefined ? '; PORT is the port that something listens on' : '';
    return [
      cure(
        unexposeCommand(skyCluster, 'loadbalancer'),
        'first: deletes the Service, because the order of its ports cannot be changed',
      ),
      cure(expose(checking), `then: creates it again${what}`),
    ];
  }
  const { eachWith } = loadBalancer.healthCheck;
  const lasting = `for new clusters: kubernetes.custom_metadata.annotations in ~/.sky/config.yaml, ${eachWith?.annotation}: ${eachWith?.value}, which is set on every object`;
  // SkyServe reads only SkyPilot's own Service. A second load balancer beside this Service would not help.
  if (controllerKindOf(skyCluster)) return [serveStatusCure(), ...(eachWith ? [advice(lasting)] : [])];
  const annotation = eachWith && `${eachWith.annotation}=${eachWith.value}`;
  const how = annotation ? part`--annotation ${annotation}` : listening === undefined ? part`--probe=pod` : checking;
  if (owner !== 'skypilot') return [cure(expose(how), 'creates a load balancer beside it')];
  const beside =
    "creates a load balancer beside it, because the next launch creates SkyPilot's own Service again without your annotation";
  return [cure(expose(part`${how} --beside-skypilot`), beside), ...(eachWith ? [advice(lasting)] : [])];
}

function plainProbe(
  { owner, service, skyCluster, all }: Found,
  { port, annotation }: { port: number; annotation: string },
): readonly Cure[] {
  const one = all.filter(({ servicePort }) => servicePort === port);
  const expose = (more?: CommandPart) =>
    exposeCommand(skyCluster, one, 'loadbalancer', part`--annotation ${annotation} ${more}`);
  if (owner === 'kubectl-skyports') return [cure(expose(), 'probes it by TCP')];
  const { namespace = '', name = '' } = service.metadata ?? {};
  if (owner !== 'skypilot') {
    return [cure(command`kubectl annotate service ${name} -n ${namespace} ${annotation}`, 'probes it by TCP')];
  }
  return [
    cure(expose(part`--beside-skypilot`), 'creates a load balancer beside it that is probed by TCP'),
    advice(
      `for new clusters: kubernetes.custom_metadata.annotations in ~/.sky/config.yaml, ${annotation.replace('=', ': ')}, which is set on every object`,
    ),
  ];
}
