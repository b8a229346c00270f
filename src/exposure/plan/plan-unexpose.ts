import type { Service } from 'kubernetes-types/core/v1';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import { type Plan, type PlannedRemoval, type PlannedWrite, removalOf } from '../../snapshot/plan.ts';
import type { Endpoint } from '../endpoint.ts';
import { isOurs, ownIngressName, ownLoadBalancerName, ownNodePortName, portOfOurPortService } from '../ownership.ts';
import { resolveEndpoints } from '../resolve-endpoints.ts';
import { nameOnCloudOf, type View } from '../view.ts';
import { ingressNamed, planIngressWithout } from './plan-ingress.ts';
import { planFewerPorts } from './plan-service.ts';
import { routesOf } from './routes.ts';

/** What is to be closed. */
export interface UnexposeRequest {
  readonly skyCluster: SkyCluster;
  /** Undefined closes all of them. */
  readonly ports: readonly number[] | undefined;
  readonly mode: 'loadbalancer' | 'ingress' | 'nodeport' | undefined;
}

/** What `unexpose` would do, and what of it belongs to SkyPilot or to somebody else and stays. */
export interface UnexposePlan extends Plan {
  readonly leftAlone: readonly Endpoint[];
}

/** Plans an `unexpose`: only objects of ours are touched. A port that nothing has opened is a warning: it is as it should be. */
export function planUnexpose(view: View, request: UnexposeRequest): UnexposePlan {
  const { skyCluster, ports, mode } = request;
  const changes: Changes = { writes: [], removals: [], closed: new Set() };
  if (mode !== 'ingress') {
    const { nameOnCloud } = skyCluster;
    if (mode !== 'nodeport') closeService(view, request, ownLoadBalancerName(nameOnCloud), changes);
    if (mode !== 'loadbalancer') closeService(view, request, ownNodePortName(nameOnCloud), changes);
  }
  if (mode === undefined || mode === 'ingress') closeIngress(view, request, changes);
  const rows = resolveEndpoints(view, { skyClusters: [skyCluster], ports, modes: mode && [mode] });
  const leftAlone = rows.filter(
    ({ managedBy, mode: rowMode }) => managedBy !== 'kubectl-skyports' && rowMode !== 'podip',
  );
  const open = new Set([...changes.closed, ...leftAlone.map(({ port }) => port)]);
  const missing = ports?.filter((port) => !open.has(port)) ?? [];
  const warnings =
    missing.length > 0 ? [`port ${missing.join(', ')} is closed already${mode ? ` in ${mode} mode` : ''}`] : [];
  return { writes: changes.writes, removals: changes.removals, warnings, leftAlone };
}

interface Changes {
  readonly writes: PlannedWrite[];
  readonly removals: PlannedRemoval[];
  readonly closed: Set<number>;
}

function closeService(view: View, { skyCluster, ports }: UnexposeRequest, name: string, changes: Changes): void {
  const live = view.services.get(`${skyCluster.namespace}/${name}`);
  if (!live || !isOurs(live.metadata)) return;
  const present = (live.spec?.ports ?? []).map(({ port }) => port);
  const closing = present.filter((port) => !ports || ports.includes(port));
  if (closing.length === 0 && ports) return;
  for (const port of closing) changes.closed.add(port);
  if (closing.length === present.length) changes.removals.push(removalOf('Service', live));
  else changes.writes.push(planFewerPorts(live, closing));
}

function closeIngress(view: View, { skyCluster, ports }: UnexposeRequest, changes: Changes): void {
  const { namespace, nameOnCloud } = skyCluster;
  const services = portServicesOf(view, skyCluster);
  const ingress = ingressNamed(view, namespace, ownIngressName(nameOnCloud));
  const ours = ingress && isOurs(ingress.metadata) ? ingress : undefined;
  const routed = routesOf(ours?.spec?.rules ?? []).map(({ port }) => port);
  const isClosing = (port: number) => !ports || ports.includes(port);
  for (const port of [...services.map((each) => each.port), ...routed]) if (isClosing(port)) changes.closed.add(port);
  // The Ingress first: a path without its Service answers 503 in the meantime, and without an Ingress nothing does.
  const closesAll = !ports || (routed.length > 0 && routed.every(isClosing));
  if (ours && closesAll) changes.removals.push(removalOf('Ingress', ours));
  else if (ours && routed.some(isClosing)) {
    changes.writes.push(planIngressWithout(view, ours, nameOnCloud, routed.filter(isClosing)));
  }
  for (const { service, port } of services) if (isClosing(port)) changes.removals.push(removalOf('Service', service));
}

function portServicesOf(view: View, { namespace, nameOnCloud }: SkyCluster): { service: Service; port: number }[] {
  return [...view.services.values()].flatMap((service) => {
    const port = portOfOurPortService(service.metadata?.name ?? '');
    const belongs = service.metadata?.namespace === namespace && nameOnCloudOf(service) === nameOnCloud;
    return port !== undefined && belongs && isOurs(service.metadata) ? { service, port } : [];
  });
}
