import type { Service, ServiceSpec } from 'kubernetes-types/core/v1';
import { isOurs } from '../exposure/ownership.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import { planFewerPorts, planService, refuseForeign } from '../exposure/plan/plan-service.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import { removalOf } from '../snapshot/plan.ts';
import type { ClosePlan, CloseRequest, ModePlan } from './port-mode.ts';

/** The Service that has all ports of a mode. */
export interface OwnService {
  readonly name: string;
  readonly type: 'LoadBalancer' | 'NodePort';
  /** Fields that a mode sets; undefined removes a field. */
  readonly spec?: (live: Service | undefined) => { readonly [K in keyof ServiceSpec]?: ServiceSpec[K] | undefined };
}

/**
 * Plans the Service with the requested ports.
 *
 * @throws UsageError if another owner's object has its name
 */
export function planOwnService(
  view: SnapshotIndex,
  request: ExposeRequest,
  { name, type, spec }: OwnService,
): ModePlan {
  const { skyCluster, ports, allNodes, annotations, labels, firstPort } = request;
  const live = view.services.get(`${skyCluster.namespace}/${name}`);
  if (live) refuseForeign('Service', skyCluster.namespace, name, isOurs(live.metadata));
  const { externalTrafficPolicy } = request;
  const further = { ...(externalTrafficPolicy ? { externalTrafficPolicy } : {}), ...spec?.(live) };
  const wanted = { name, type, skyCluster, ports, allNodes, annotations, labels, firstPort, spec: further };
  return { writes: [planService(wanted, live)], removals: [], warnings: [] };
}

/** Plans the Service without some of its ports, or its removal if no port remains. */
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
