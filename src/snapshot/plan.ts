import type { ObjectReference, WithMetadata } from './object-reference.ts';

/** An object to apply. */
export interface Manifest extends WithMetadata {
  apiVersion?: string;
  kind?: string;
}

/** One server-side apply. */
export interface PlannedWrite<M extends Manifest = Manifest> {
  readonly kind: 'Service' | 'Ingress';
  /** With the resourceVersion it was planned from: the server refuses it when the object has changed since. */
  readonly manifest: M;
  readonly effect: 'created' | 'changed' | 'unchanged';
  /** Of the object that exists already. */
  readonly uid?: string | undefined;
  /** Services that own the object; the uid of one that is yet to be written is undefined. */
  readonly ownedBy?: readonly { readonly name: string; readonly uid: string | undefined }[];
  /** Service ports that the server's answer must hold. */
  readonly ports: readonly number[];
}

/** An object to delete, as it was seen. */
export interface PlannedRemoval extends ObjectReference {
  readonly uid: string;
  readonly resourceVersion: string;
  /** The name on the cloud of the SkyPilot cluster that is gone, where that is the reason for the removal. */
  readonly outlived?: string;
}

/** What a command would change, in the order it has to be done: writes first, then removals. */
export interface Plan {
  readonly writes: readonly PlannedWrite[];
  readonly removals: readonly PlannedRemoval[];
  /** Facts the user should know, a line each. */
  readonly warnings: readonly string[];
}

/**
 * The resourceVersion that stands for "must not exist yet": no object ever has it, for it is the revision of an empty
 * etcd, and server-side apply compares it only with an object that is there (tried on 1.37: 409 then, created otherwise).
 */
export const mustNotExist = '1';

/** Whether the plan would change anything. */
export function changesAnything({ writes, removals }: Plan): boolean {
  return removals.length > 0 || writes.some(({ effect }) => effect !== 'unchanged');
}

/** The removal of an object, only as it was seen: the server refuses it when the object has changed since. */
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
