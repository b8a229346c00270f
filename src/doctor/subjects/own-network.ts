import type { Endpoint } from '../../exposure/endpoint.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { detectPlatforms } from '../../platforms/detect.ts';
import { implementationOf } from '../../platforms/implementation.ts';
import { isServiceLbAlone } from '../../platforms/service-lb.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { itemsOf } from '../../snapshot/topics.ts';

/**
 * The network of a private address, which callers must be in: "its own network only (VPC, LAN, VPN)", "the tailnet".
 */
export function ownNetworkOf(
  row: Pick<Endpoint, 'source'>,
  view: Pick<SnapshotIndex, 'snapshot' | 'services'>,
): string {
  return isOfTailnet(row, view) ? 'the tailnet' : 'its own network only (VPC, LAN, VPN)';
}

/** Whether the load balancer of a port is in a tailnet. */
export function isOfTailnet(
  { source }: Pick<Endpoint, 'source'>,
  view: Pick<SnapshotIndex, 'snapshot' | 'services'>,
): boolean {
  const service = source
    .filter(({ kind }) => kind === 'Service')
    .map(({ namespace, name }) => view.services.get(`${namespace}/${name}`))
    .find((each) => each?.spec?.type === 'LoadBalancer');
  const giver = service && implementationOf(service, detectPlatforms(view.snapshot));
  return giver?.defaultScheme === 'tailnet';
}

/**
 * Whether the address is the InternalIP of a node, given to a Service by ServiceLB. ServiceLB uses InternalIPs if no
 * node has an ExternalIP. Source: docs.k3s.io, networking-services.
 */
export function isInnerNodeAddress(snapshot: Snapshot, address: string): boolean {
  const all = itemsOf(snapshot.topics.nodes).flatMap(({ status }) => status?.addresses ?? []);
  const isInner = all.some((each) => each.type === 'InternalIP' && each.address === address);
  return isInner && !all.some(({ type }) => type === 'ExternalIP') && isServiceLbAlone(snapshot);
}
