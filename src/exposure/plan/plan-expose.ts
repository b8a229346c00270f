import { UsageError } from '../../errors/usage-error.ts';
import type { Plan } from '../../snapshot/plan.ts';
import { unseenCures, unseenError, unseenWords } from '../../snapshot/unseen-words.ts';
import type { Endpoint } from '../endpoint.ts';
import { isOurs, ownLoadBalancerName, ownNodePortName } from '../ownership.ts';
import type { PortMapping } from '../port-mapping.ts';
import { resolveEndpoints } from '../resolve-endpoints.ts';
import type { View } from '../view.ts';
import { judgeBackends } from './check-request.ts';
import type { ExposeRequest } from './expose-request.ts';
import { planIngressMode } from './plan-ingress.ts';
import { planService, refuseForeign } from './plan-service.ts';
import { retargetedPorts } from './retargeted-ports.ts';
import { replaceLoadBalancer } from './unexpose-command.ts';

/** What `expose` would write, and the ports that it leaves alone because SkyPilot has opened them. */
export interface ExposePlan extends Plan {
  readonly alreadyOpen: readonly Endpoint[];
}

/** Plans an `expose` from what is there. @throws UsageError for what is refused, Failure when that was not seen */
export function planExpose(
  view: View,
  request: ExposeRequest,
  alreadyOpen: readonly Endpoint[] = openedBySkyPilot(view, request),
): ExposePlan {
  const ports = portsToOpen(alreadyOpen, request);
  const warnings = judgeBackends(view, request);
  if (request.mode !== 'podip') refuseBlindWrites(view, request);
  if (request.mode === 'podip' || ports.length === 0) return { writes: [], removals: [], warnings, alreadyOpen };
  const planned = planMode(view, { ...request, ports });
  const remapped = retargetedPorts(view, planned.writes);
  return { ...planned, removals: [], warnings: [...warnings, ...planned.warnings, ...remapped], alreadyOpen };
}

function planMode(view: View, request: ExposeRequest): Pick<Plan, 'writes' | 'warnings'> {
  if (request.mode === 'ingress') return planIngressMode(view, request);
  const { skyCluster, ports, allNodes, annotations, labels } = request;
  const isLoadBalancer = request.mode === 'loadbalancer';
  const name = isLoadBalancer ? ownLoadBalancerName(skyCluster.nameOnCloud) : ownNodePortName(skyCluster.nameOnCloud);
  const live = view.services.get(`${skyCluster.namespace}/${name}`);
  if (live) refuseForeign('Service', skyCluster.namespace, name, isOurs(live.metadata));
  if (live && request.loadBalancerClass !== undefined) refuseOtherClass(request, live.spec?.loadBalancerClass);
  const { sourceRanges } = request;
  const write = planService(
    {
      ...{ name, skyCluster, ports, allNodes, annotations, labels },
      type: isLoadBalancer ? 'LoadBalancer' : 'NodePort',
      firstPort: request.firstPort,
      spec: {
        ...(sourceRanges && { loadBalancerSourceRanges: sourceRanges.length > 0 ? [...sourceRanges] : undefined }),
        ...(!live && request.loadBalancerClass ? { loadBalancerClass: request.loadBalancerClass } : {}),
        ...(!live && request.allocateNodePorts === false ? { allocateLoadBalancerNodePorts: false } : {}),
        ...(request.externalTrafficPolicy ? { externalTrafficPolicy: request.externalTrafficPolicy } : {}),
        ...(request.loadBalancerIP ? { loadBalancerIP: request.loadBalancerIP } : {}),
      },
    },
    live,
  );
  return { writes: [write], warnings: [] };
}

function refuseOtherClass({ loadBalancerClass, skyCluster }: ExposeRequest, present: string | undefined): void {
  if (loadBalancerClass === present) return;
  const name = ownLoadBalancerName(skyCluster.nameOnCloud);
  throw new UsageError(
    'immutable-load-balancer-class',
    `Service ${name} ${present ? `has loadBalancerClass ${present}` : 'was made without a loadBalancerClass'}, and Kubernetes refuses to change it`,
    replaceLoadBalancer(skyCluster),
  );
}

/** Apply drops what is not repeated, so nothing is written over what was not seen. */
function refuseBlindWrites({ snapshot }: View, { skyCluster: { namespace }, mode }: ExposeRequest): void {
  for (const topic of mode === 'ingress' ? (['services', 'ingresses'] as const) : (['services'] as const)) {
    const observation = snapshot.topics[topic];
    if (observation.observed) continue;
    const fact = `${unseenWords(topic, observation, namespace)}, so what is open already could get lost`;
    throw unseenError(fact, observation, unseenCures(topic, observation, namespace));
  }
}

/** Ports asked for that SkyPilot has opened in the same mode: writing them again would only make a second address. */
export function openedBySkyPilot(view: View, { skyCluster, mode, ports, force }: ExposeRequest): Endpoint[] {
  if (force) return [];
  const wanted = new Map(ports.map(({ servicePort, targetPort }) => [servicePort, targetPort]));
  return resolveEndpoints(view, { skyClusters: [skyCluster], modes: [mode], ports: [...wanted.keys()] }).filter(
    ({ managedBy, port, targetPort, state }) =>
      mode !== 'podip' && managedBy === 'skypilot' && wanted.get(port) === targetPort && state !== 'Broken',
  );
}

/** The ports asked for that are left to open. */
export function portsToOpen(alreadyOpen: readonly Endpoint[], { ports }: Pick<ExposeRequest, 'ports'>): PortMapping[] {
  const taken = new Set(alreadyOpen.map(({ port }) => port));
  return ports.filter(({ servicePort }) => !taken.has(servicePort));
}
