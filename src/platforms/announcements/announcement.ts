import type { Service } from 'kubernetes-types/core/v1';
import type { Cure } from '../../errors/cure.ts';
import type { ObjectReference } from '../../snapshot/object-reference.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Observation } from '../../snapshot/topics.ts';

/** A Service with an address, and the nodes with a ready Pod of it. */
export interface Announced {
  readonly service: Service;
  /** Undefined if the EndpointSlices were not seen, or if an endpoint has no node. */
  readonly readyNodes: ReadonlySet<string> | undefined;
}

/** What was found about who answers for an address on the network. */
export interface Announcement {
  /** What gave the address, if the announcement is not of one implementation. */
  readonly by?: string;
  /** The nodes that are reported to answer for it, by the implementation itself; undefined if it does not say. */
  readonly nodes?: readonly string[];
  /** Why nothing answers for it; undefined if something may. */
  readonly silence?: Silence;
}

/** Why nothing answers for an address. */
export interface Silence {
  readonly cause: string;
  readonly cures: readonly Cure[];
  readonly objects: readonly ObjectReference[];
  /** Whether another externalTrafficPolicy would let a node announce it. */
  readonly isOfLocalPolicy: boolean;
  /** Whether everything that decides was seen. */
  readonly isSure: boolean;
}

/** Whether the Service sends traffic only to Pods of the node that it arrives at. */
export function isLocal({ spec }: Service): boolean {
  return spec?.externalTrafficPolicy === 'Local';
}

/** `node a is excluded, node b is not Ready, and 4 more`. */
export function nodeWords(nodes: readonly { readonly node: string; readonly why: string }[]): string {
  const shown = nodes.slice(0, 3).map(({ node, why }) => `node ${node} ${why}`);
  return [...shown, ...(nodes.length > 3 ? [`${nodes.length - 3} more`] : [])].join(', ');
}

/**
 * Whether all objects of a kind are known: they were listed, or the API server does not serve the kind. What kubectl prints
 * shows no empty kinds, so a kind counts as empty there beside others of the same product.
 */
export function isKnown(
  observation: Observation<object>,
  beside: readonly Observation<object>[],
  snapshot: Snapshot,
): boolean {
  if (observation.observed) return !observation.cutOff;
  const { apiGroups } = snapshot.topics;
  // Of kubectl's output, only the groups of the printed objects are known.
  const isPrinted = (!apiGroups.observed || apiGroups.cutOff) && beside.some(({ observed }) => observed);
  return observation.reason === 'not-served' || (observation.reason === 'not-collected' && isPrinted);
}
