import type { Service } from 'kubernetes-types/core/v1';
import type { Cure } from '../../errors/cure.ts';
import type { ObjectReference } from '../../snapshot/object-reference.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Observation, Topic } from '../../snapshot/topics.ts';

/** A Service with an address, and the nodes that have a ready Pod of the Service. */
export interface Announced {
  readonly service: Service;
  /** The names of the nodes. Undefined if the EndpointSlices were not seen, or if an endpoint has no node. */
  readonly readyNodes: ReadonlySet<string> | undefined;
}

/** What is known about the nodes that answer for an address on the network. */
export interface Announcement {
  /**
   * The name of the load balancer that gave the address. Only `cloudAnnouncement` sets this name, because this function
   * covers several clouds.
   */
  readonly by?: string;
  /** The nodes that answer for the address, as the implementation itself reports; undefined if it reports none. */
  readonly nodes?: readonly string[];
  /** Why no node answers for the address; undefined if a node may answer. */
  readonly silence?: Silence;
  /** The topics that were not seen, if nothing else shows whether a node answers for the address. */
  readonly unseen?: readonly Topic[];
}

/** Why no node answers for an address. */
export interface Silence {
  readonly cause: string;
  readonly cures: readonly Cure[];
  readonly objects: readonly ObjectReference[];
  /** Whether externalTrafficPolicy is the cause. With the value Cluster, a node could announce the address. */
  readonly isOfLocalPolicy: boolean;
  /** Whether the cause is certain, because all objects that decide about it were seen. */
  readonly isSure: boolean;
}

/** Whether a node sends traffic of the Service only to Pods on the same node. */
export function isLocal({ spec }: Service): boolean {
  return spec?.externalTrafficPolicy === 'Local';
}

/**
 * The first three nodes, each with its reason, and the number of further nodes: `node a is excluded, node b is not
 * Ready`.
 */
export function nodeWords(nodes: readonly { readonly node: string; readonly why: string }[]): string {
  const shown = nodes.slice(0, 3).map(({ node, why }) => `node ${node} ${why}`);
  return [...shown, ...(nodes.length > 3 ? [`${nodes.length - 3} more`] : [])].join(', ');
}

/**
 * Whether all objects of a kind are known. They are known if they were listed, or if the API server does not serve the
 * kind. kubectl prints no list for a kind without objects. So in kubectl's output, a missing kind counts as empty if
 * the output contains another kind of the same product.
 * @param beside the observations of the other kinds of the product
 */
export function isKnown(
  observation: Observation<object>,
  beside: readonly Observation<object>[],
  snapshot: Snapshot,
): boolean {
  if (observation.observed) return !observation.cutOff;
  const { apiGroups } = snapshot.topics;
  // In kubectl's output, only the API groups of the printed objects are known.
  const isPrinted = (!apiGroups.observed || apiGroups.cutOff) && beside.some(({ observed }) => observed);
  return observation.reason === 'not-served' || (observation.reason === 'not-collected' && isPrinted);
}
