import { type ObjectReference, referenceTo, type WithMetadata } from '../snapshot/object-reference.ts';

/** A field of an object, and the value that was judged. */
export interface FieldEvidence {
  readonly object: ObjectReference;
  readonly field: string;
  readonly value: unknown;
}

/** An event of the API server. */
export interface EventEvidence {
  readonly object: ObjectReference;
  readonly event: {
    readonly reason: string;
    readonly message: string;
    readonly count: number;
    /** ISO 8601; null when the event does not say. */
    readonly lastSeen: string | null;
  };
}

export type Evidence = FieldEvidence | EventEvidence;

/** What every finding of every check has, besides the data its check needs to say it. */
export interface Finding {
  /**
   * What it is about: `namespace/nameOnCloud` of SkyPilot clusters, or `everything`. A finding is a consequence of
   * an earlier one when both are about the same.
   */
  readonly about: readonly string[];
  /** The objects to look at, the one at fault first. */
  readonly objects: readonly ObjectReference[];
  readonly evidence: readonly Evidence[];
}

/** `about` of findings that touch every SkyPilot cluster. */
export const allClusters = ['*'] as const;

/** Whether two findings are about the same, so that the later one may be a consequence of the earlier. */
export function overlap(a: readonly string[], b: readonly string[]): boolean {
  return a.includes('*') || b.includes('*') || a.some((each) => b.includes(each));
}

/** A field of an object and its value; null stands for a field that is not there. */
export function fieldOf(object: ObjectReference, field: string, value: unknown): FieldEvidence {
  return { object, field, value: value ?? null };
}

/** The reference of a Pod. */
export const podReference = (pod: WithMetadata): ObjectReference => referenceTo('Pod', pod);

/** The reference of a Service. */
export const serviceReference = (service: WithMetadata): ObjectReference => referenceTo('Service', service);
