import type { Endpoint } from '../../exposure/endpoint.ts';
import { indexSnapshot } from '../../exposure/snapshot-index.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { collect, type ListRequests } from '../../kubernetes/snapshots/collect.ts';
import { withIngressesJudged } from '../../modes/ingress/judged-rows.ts';
import { type EndpointFilter, resolveEndpoints } from '../../modes/resolve-endpoints.ts';
import { furtherRequests, rowRequests } from '../../modes/what-to-collect.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { System } from '../../system.ts';
import { skyClusterNamed } from '../sky-cluster/sky-cluster-argument.ts';
import type { EndpointFlagValues } from './command.ts';
import type { EndpointRequest } from './request.ts';

/** The flags that decide which SkyPilot clusters `endpoints` reads. */
export type EndpointScope = Pick<EndpointFlagValues, 'all-namespaces' | 'selector' | 'ingress-service'>;

/** What one context shows, and how to read its endpoints from this snapshot or a later one. */
export interface Look {
  readonly look: ListRequests;
  readonly snapshot: Snapshot;
  resolve(snapshot: Snapshot): readonly Endpoint[];
}

/**
 * Reads the cluster once.
 *
 * @param filterFor finds what the user named in the snapshot
 * @throws Failure if the server does not answer, and the errors of `filterFor`
 */
export async function lookAtEndpoints(
  connection: Connection,
  flags: EndpointScope,
  filterFor: (snapshot: Snapshot) => EndpointFilter | Promise<EndpointFilter>,
): Promise<Look> {
  const namespace = flags['all-namespaces'] ? null : connection.namespace;
  const scope = { namespace, podSelector: flags.selector, ingressService: flags['ingress-service'] };
  const look: ListRequests = { namespace, requests: rowRequests(scope), followUp: furtherRequests };
  const snapshot = await collect(connection, look);
  const filter = await filterFor(snapshot);
  const resolve = (from: Snapshot) => {
    const view = indexSnapshot(from, { ingressService: flags['ingress-service'] });
    const rows = withIngressesJudged(view, resolveEndpoints(view, filter));
    // `-l` selects Pods. So leave out a SkyPilot cluster if none of its Pods match.
    return flags.selector
      ? rows.filter((row) => view.skyClusterNamed(row.namespace, row.nameOnCloud)!.pods.length > 0)
      : rows;
  };
  return { look, snapshot, resolve };
}

/**
 * The filter with the SkyPilot clusters that the user named.
 *
 * @throws UsageError if one of them does not exist
 */
export async function namedFilter(
  { names, filter }: EndpointRequest,
  snapshot: Snapshot,
  connection: Connection,
  system: System,
): Promise<EndpointFilter> {
  if (names.length === 0) return filter;
  const { skyClusters } = indexSnapshot(snapshot);
  const lookup = {
    skyClusters,
    namespace: snapshot.namespace,
    pods: snapshot.topics.pods,
    services: snapshot.topics.services,
    prefix: true,
  };
  const named = [];
  for (const name of names) named.push(await skyClusterNamed(name, lookup, connection, system));
  return { ...filter, skyClusters: named };
}
