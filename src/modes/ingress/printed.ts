import type { Service } from 'kubernetes-types/core/v1';
import { servicesSkyPilotAsks } from '../../exposure/controllers/controller-service.ts';
import { indexSnapshot } from '../../exposure/snapshot-index.ts';
import { controllerService, kindContext } from '../../skypilot/names.ts';
import { type PrintedEndpoint, printedForIngress } from '../../skypilot/printed-endpoint.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { loadbalancer } from '../loadbalancer/mode.ts';
import { resolveEndpoints } from '../resolve-endpoints.ts';
import { ingress } from './mode.ts';

/** The text that `sky status --endpoints` prints for one port. */
export interface PrintedRow extends PrintedEndpoint {
  readonly skyCluster: string;
  readonly port: number | string;
}

/**
 * What SkyPilot prints for the ports of its clusters in ingress mode. If there is no such port, one row has
 * placeholders.
 */
export interface PrintedRows {
  readonly rows: readonly PrintedRow[];
  /** Whether the only row has placeholders: C stands for the name on the cloud, and P for the port. */
  readonly isPattern: boolean;
}

/** What `sky status --endpoints` prints in ingress mode, according to a snapshot. */
export function printedInIngressMode(snapshot: Snapshot): PrintedRows {
  const view = indexSnapshot(snapshot);
  const rows = resolveEndpoints(view).filter(
    ({ managedBy, mode }) =>
      managedBy === 'skypilot' &&
      (mode === ingress.name || (snapshot.context === kindContext && mode === loadbalancer.name)),
  );
  if (rows.length > 0) {
    return {
      rows: rows.map(({ skyCluster, port, skyPilot }) => ({ skyCluster, port, ...skyPilot })),
      isPattern: false,
    };
  }
  const subject = { namespace: snapshot.namespace ?? 'NAMESPACE', nameOnCloud: 'C', port: 'P' };
  const printed = printedForIngress(servicesSkyPilotAsks(view), subject);
  return { rows: [{ skyCluster: 'C', port: 'P', ...printed }], isPattern: true };
}

/**
 * A copy of the snapshot for one namespace, in which another Service replaces the one that SkyPilot reads. If `service`
 * is undefined, this Service is removed. The topic counts as seen, because a user may be able to read and write this
 * Service, but not to list others.
 */
export function withControllerService(snapshot: Snapshot, service: Service | undefined): Snapshot {
  const { namespace, name } = controllerService;
  const { ingressNginxServices: seen } = snapshot.topics;
  const others = itemsOf(seen).filter((each) => keyOf(each) !== `${namespace}/${name}`);
  const items = service ? [...others, service] : others;
  const observed = { resourceVersion: '', cutOff: false, ...seen, observed: true as const, items };
  return { ...snapshot, topics: { ...snapshot.topics, ingressNginxServices: observed } };
}
