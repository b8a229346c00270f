import type { Service, ServiceSpec } from 'kubernetes-types/core/v1';
import { isOurs } from '../exposure/ownership.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import { planFewerPorts, planService, refuseForeign } from '../exposure/plan/plan-service.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import { removalOf } from '../snapshot/plan.ts';
import type { ClosePlan, CloseRequest, ModePlan } from './port-mode.ts';

/** The Service that contains all ports of one mode that this plugin opens. */
export interface OwnService {
  readonly name: string;
  readonly type: 'LoadBalancer' | 'NodePort';
  /** The fields of the spec that the mode sets. The value undefined removes a field. */
  readonly spec?: (live: Service | undefined) => { readonly [K in keyof ServiceSpec]?: ServiceSpec[K] | undefined };
}

/**
 * Plans the Service with the requested ports.
 *
 * @throws UsageError if an object of another owner already has this name
 */
export function planOwnService(
  view: SnapshotIndex,
  request: ExposeRequest,
  { name, type, spec }: OwnService,
): ModePlan {
  const { skyCluster, ports, allNodes, annotations, labels, firstPort } = request;
  const live = view.services.get(`${skyCluster.namespace}/${name}`);
  if (live) refuseForeign('Service', skyCluster.namespace, name, isOurs(live.metadata));
  const { externalTrafficPolicy, closesAt } = request;
  const further = { ...(externalTrafficPolicy ? { externalTrafficPolicy } : {}), ...spec?.(live) };
  const wanted = { name, type, skyCluster, ports, allNodes, annotations, labels, firstPort, closesAt, spec: further };
  return { writes: [planService(wanted, live)], removals: [], warnings: [] };
}

/** Plans the Service without the given ports. If no port remains, plans its removal. */
export function closeService(view: SnapshotIndex, { skyCluster, ports }: CloseRequest, name: string): ClosePlan {
  const live = view.services.get(`${skyCluster.namespace}/${name}`);
  if (!live || !isOurs(live.metadata)) return nothingToClose;
  const present = (live.spec?.ports ?? []).map(({ port }) => port);
  const closed = present.filter((port) => !ports || ports.includes(port));
  if (closed.length === 0 && ports) return nothingToClose;
  return closed.length === present.length
    ? { writes: [], removals: [removalOf('Service', live)], closed }
    : { writes: [planFewerPorts(live, closed)], removals: [], closed };
}

const nothingToClose: ClosePlan = { writes: [], removals: [], closed: [] };
