import type { ObjectReference, WithMetadata } from './object-reference.ts';

/** An object to apply. */
export interface Manifest extends WithMetadata {
  apiVersion?: string;
  kind?: string;
}

/** One server-side apply. */
export interface PlannedWrite<M extends Manifest = Manifest> {
  readonly kind: 'Service' | 'Ingress';
  /**
   * The object to apply. Its resourceVersion is from the live object that was seen, so the server refuses the write if
   * the object has changed.
   */
  readonly manifest: M;
  readonly effect: 'created' | 'changed' | 'unchanged';
  /** The uid of the existing object. */
  readonly uid?: string | undefined;
  /** Services that own the object. The uid of a Service that does not exist yet is undefined. */
  readonly ownedBy?: readonly { readonly name: string; readonly uid: string | undefined }[];
  /** Service ports that the server's answer has to contain. */
  readonly ports: readonly number[];
  /** Whether this write removes paths that another write of the plan adds. It is then sent before that write. */
  readonly yields?: true;
  /**
   * Set for an optional write: describes what does not work without the object. If the server refuses this write, the
   * other writes stay.
   */
  readonly optional?: string;
}

/** An object to delete, with the version that was seen. */
export interface PlannedRemoval extends ObjectReference {
  readonly uid: string;
  readonly resourceVersion: string;
  /** The name on the cloud of a SkyPilot cluster that no longer exists, if this is the reason for the removal. */
  readonly outlived?: string;
  /** Whether the object has paths that a write of the plan adds. It is then removed before that write. */
  readonly yields?: true;
}

/**
 * The changes that a command would make: the writes, and after them the removals in their order. Writes and removals
 * that yield come first.
 */
export interface Plan {
  readonly writes: readonly PlannedWrite[];
  readonly removals: readonly PlannedRemoval[];
  /** Facts that the user should know, one per line. */
  readonly warnings: readonly string[];
}

/**
 * The resourceVersion for an object that must not exist yet. It is the revision of an empty etcd, so no object has it.
 * Server-side apply compares the resourceVersion only if the object exists. Tested on Kubernetes 1.37: the API server
 * then answers 409. If the object does not exist, the API server creates it.
 */
export const mustNotExist = '1';

/** Whether the plan would change anything. */
export function changesAnything({ writes, removals }: Plan): boolean {
  return removals.length > 0 || writes.some(({ effect }) => effect !== 'unchanged');
}

/** The removal of an object. The server refuses the removal if the object has changed since it was seen. */
export function removalOf(kind: string, { metadata }: WithMetadata, outlived?: string): PlannedRemoval {
  return {
    ...(outlived !== undefined && { outlived }),
    kind,
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    uid: metadata?.uid ?? '',
    resourceVersion: metadata?.resourceVersion ?? '',
  };
}
