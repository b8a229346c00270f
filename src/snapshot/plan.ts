import type { ObjectReference, WithMetadata } from './object-reference.ts';

/** An object to apply. */
export interface Manifest extends WithMetadata {
  apiVersion?: string;
  kind?: string;
}

/** One object to write with server-side apply. */
export interface PlannedWrite<M extends Manifest = Manifest> {
  readonly kind: 'Service' | 'Ingress' | 'Secret';
  /**
   * The object to write. It has the resourceVersion of the live object that was seen. So if this object has changed,
   * the server refuses the write.
   */
  readonly manifest: M;
  readonly effect: 'created' | 'changed' | 'unchanged';
  /** The uid of the existing object; undefined if there is none. */
  readonly uid?: string | undefined;
  /** The Services that own the object. The uid is undefined if the Service does not exist yet. */
  readonly ownedBy?: readonly { readonly name: string; readonly uid: string | undefined }[];
  /**
   * Set for an object whose present version was not seen. The write only adds these of its owners, and the server
   * refuses it if the object is not what the plan expects.
   */
  readonly addsOwners?: readonly string[];
  /** The Service ports that the object in the server's answer must contain. */
  readonly ports: readonly number[];
  /**
   * Set for a Secret that gets a new password. The command adds the password only to the request. So no plan, dry run or
   * error contains it.
   */
  readonly newPassword?: true;
  /**
   * Annotations that the object must not have after the write. An apply only removes those that this
   * plugin owns, so the others need a patch.
   */
  readonly withoutAnnotations?: readonly string[];
  /** Set if this write removes paths that another write of the plan adds. This write is sent first. */
  readonly yields?: true;
  /**
   * Set for an optional write: what does not work without it. If the server refuses this write, the other writes stay.
   */
  readonly optional?: string;
}

/** An object to delete, in the version that was seen. */
export interface PlannedRemoval extends ObjectReference {
  readonly uid: string;
  readonly resourceVersion: string;
  /**
   * Set if the reason for the removal is that the SkyPilot cluster no longer exists. The value is its name on the
   * cloud.
   */
  readonly outlived?: string;
  /** Set if the object has paths that a write of the plan adds. The object is removed before that write. */
  readonly yields?: true;
}

/**
 * The changes that a command would make: first the writes, then the removals in their order. Those with `yields` come
 * earlier.
 */
export interface Plan {
  readonly writes: readonly PlannedWrite[];
  readonly removals: readonly PlannedRemoval[];
  /** Facts that the user should know, one for each line. */
  readonly warnings: readonly string[];
}

/**
 * The resourceVersion for an object that must not exist yet. It is the revision of an empty etcd, so no object has it.
 * If the object exists, the API server answers 409, because the object has another resourceVersion. If it does not
 * exist, the API server creates it. Tested on Kubernetes 1.37.
 */
export const mustNotExist = '1';

/** Whether the plan would change anything. */
export function changesAnything({ writes, removals }: Plan): boolean {
  return removals.length > 0 || writes.some(({ effect }) => effect !== 'unchanged');
}

/** The removal of an object. If the object has changed since it was seen, the server refuses the removal. */
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
