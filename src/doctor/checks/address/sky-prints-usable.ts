import { type Command, command, cure } from '../../../errors/cure.ts';
import type { Endpoint } from '../../../exposure/endpoint.ts';
import type { PortModeName } from '../../../exposure/port-mode-names.ts';
import { scopeOf } from '../../../exposure/scope.ts';
import { loadbalancer } from '../../../modes/loadbalancer/mode.ts';
import { detectPlatforms } from '../../../platforms/detect.ts';
import { kindContext } from '../../../skypilot/names.ts';
import { operandOf } from '../../../skypilot/operand.ts';
import type { ObjectReference } from '../../../snapshot/object-reference.ts';
import { listed } from '../../../snapshot/text.ts';
import { type CheckContext, clusterKey, endpointsOf } from '../../check-context.ts';
import { defineCheck, type Severity } from '../../define-check.ts';
import { type Evidence, fieldOf } from '../../finding.ts';
import { platformTopics } from '../../subjects/exposing-services.ts';
import { servedUnseen, skyPilotIngressRows } from '../../subjects/ingress-mode.ts';
import { controllerTopics, serviceAskedBySkyPilot, skyPilotsServiceTopics } from '../../subjects/judged-controllers.ts';

interface Unusable {
  readonly about: readonly string[];
  readonly objects: readonly ObjectReference[];
  readonly evidence: readonly Evidence[];
  readonly severity: Severity;
  readonly servicePorts: readonly number[];
  readonly fact: string;
  readonly command: Command | null;
}

export const skyPrintsUsable = defineCheck({
  id: 'sky-prints-usable',
  group: 'address',
  onPath: true,
  title: 'the address that SkyPilot prints can be called',
  severity: 'error',
  needs: ['services'],
  wants: [...controllerTopics, ...platformTopics],
  after: [
    'api-server-answers',
    'kind-context-forces-ingress',
    'load-balancer-implementation',
    'load-balancer-class-owned',
    'load-balancer-address',
    'ingress-class-exists',
    'ingress-class-owned',
    'ingress-path-current',
    'ingress-controller-running',
    'ingress-controller-service',
    'ingress-controller-ports',
    'ingress-external-ip',
    'external-ip-annotation-valid',
  ],
  docs: () => ({
    means:
      '`sky status --endpoints` prints an address that cannot be called, prints nothing, or raises an exception. The address may be `localhost` although the context is not `kind-skypilot`, an IPv6 address without brackets, or a nodePort behind an address that belongs to no node. On Docker Desktop and minikube, `localhost` is only info, because their load balancers give addresses of your own machine. The check derives this from the Services, as SkyPilot does.',
    matters:
      'The port itself may work. `kubectl skyports endpoints` reads the objects and shows the address that works.',
    fix: 'Fix what the finding says about the Service, or use the address that this plugin shows.',
    commands: [cure(command`kubectl skyports endpoints NAME`, 'shows the address that works')],
    sources: [
      'sky/provision/kubernetes/network_utils.py, get_loadbalancer_ip and get_ingress_external_ip_and_ports',
      'core/v1 Service, spec.externalIPs: the Service port answers there; nodePorts answer at addresses of nodes',
    ],
  }),
  notApplicable(scene) {
    if (printedRows(scene).length === 0) return 'SkyPilot opened none of the ports';
    return printedInIngress(scene) ? servedUnseen(scene, skyPilotsServiceTopics(scene)) : undefined;
  },
  needsHere: (scene) => (printedInIngress(scene) ? skyPilotsServiceTopics(scene) : []),
  find(scene): Unusable[] {
    const found = new Map<string, Unusable & { servicePorts: number[] }>();
    for (const row of printedRows(scene)) {
      const trouble = troubleOf(scene, row);
      if (!trouble) continue;
      const key = `${clusterKey(row)} ${trouble.why}`;
      const known = found.get(key);
      if (known) {
        known.servicePorts.push(row.port);
        continue;
      }
      found.set(key, {
        about: [clusterKey(row)],
        objects: row.source,
        evidence: row.source
          .slice(0, 1)
          .map((reference) => fieldOf(reference, 'sky status --endpoints', row.skyPilot.prints)),
        severity: trouble.severity,
        servicePorts: [row.port],
        fact: trouble.fact,
        command: command`kubectl skyports endpoints ${operandOf(row)} -n ${row.namespace}`,
      });
    }
    return [...found.values()];
  },
  say: ({ fact, servicePorts }) =>
    servicePorts.length > 1 ? `${fact} (ports ${listed(servicePorts.map(String))})` : fact,
  cures: (found) => [cure(found.command, 'shows what works')],
  severityOf: ({ severity }) => severity,
});

type PrintedContext = Pick<CheckContext, 'view' | 'subject' | 'namespace' | 'context'>;

function printedRows(scene: PrintedContext): readonly Endpoint[] {
  const balanced = endpointsOf(scene).filter(
    ({ mode, managedBy }) => mode === loadbalancer.name && managedBy === 'skypilot',
  );
  return [...balanced, ...skyPilotIngressRows(scene)];
}

function printedInIngress(scene: PrintedContext): boolean {
  return skyPilotIngressRows(scene).length > 0 || (scene.context === kindContext && printedRows(scene).length > 0);
}

function troubleOf(
  scene: PrintedContext,
  { skyPilot, mode }: Endpoint,
): { why: string; fact: string; severity: Severity } | undefined {
  const { prints, reason } = skyPilot;
  if (prints === null) {
    const fact = reason.startsWith('SkyPilot ') ? reason : `SkyPilot prints nothing: ${reason}`;
    return { why: reason, fact, severity: 'error' };
  }
  const host = /^(?:[a-z]+:\/\/)?(\[.*\]|[^/]*?)(?::\d+)?(?:\/.*)?$/.exec(prints)?.[1] ?? '';
  if (host === '' || (host.includes(':') && !host.startsWith('['))) {
    return { why: 'invalid', fact: `SkyPilot prints ${prints}, which is not a valid address`, severity: 'error' };
  }
  if (scopeOf(host) === 'local' && scene.context !== kindContext) {
    const fact = `SkyPilot prints ${prints}, which leads to the caller's own machine (${reason})`;
    return { why: 'local', fact, severity: isLocalOnly(scene, mode) ? 'info' : 'error' };
  }
  return isNobodysNodePort(scene, host)
    ? {
        why: 'nodePort',
        fact: `SkyPilot prints ${prints}; nodePorts answer at addresses of nodes, and no node shows ${host} (${reason})`,
        severity: 'warning',
      }
    : undefined;
}

/**
 * Whether `localhost` is the correct address. Two conditions must be met. First, the load balancer implementation only
 * gives addresses of the user's own machine. Second, a load balancer has an address, because SkyPilot also prints
 * `localhost` if an ingress controller has no address.
 */
function isLocalOnly(scene: PrintedContext, mode: PortModeName): boolean {
  const service = mode === loadbalancer.name ? undefined : serviceAskedBySkyPilot(scene);
  if (mode !== loadbalancer.name && !(service?.status?.loadBalancer?.ingress ?? []).length) return false;
  return detectPlatforms(scene.view.snapshot).loadBalancers.some(({ what }) => what.isLocalOnly);
}

/**
 * Whether SkyPilot prints a nodePort after an address that belongs to no node. For example, an address in `externalIPs`
 * answers at the Service's port, but not at the nodePort.
 */
function isNobodysNodePort(scene: PrintedContext, host: string): boolean {
  const service = serviceAskedBySkyPilot(scene);
  const { nodes } = scene.view.snapshot.topics;
  if (!service?.spec?.externalIPs?.includes(host) || service.status?.loadBalancer?.ingress) return false;
  if (!nodes.observed || nodes.cutOff || nodes.items.length === 0) return false;
  return !nodes.items.some(({ status }) => status?.addresses?.some(({ address }) => address === host));
}
