import { type ObjectReference, referenceTo, type WithMetadata } from '../snapshot/object-reference.ts';

/** A field of an object, and its value. */
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
    /** The time of the last occurrence, ISO 8601; null if the event has no time. */
    readonly lastSeen: string | null;
    /** The component that wrote the event; null if the event does not name it. */
    readonly by: string | null;
  };
}

export type Evidence = FieldEvidence | EventEvidence;

/** The common fields of findings. Each check adds the data that it needs for its message. */
export interface Finding {
  /**
   * The affected SkyPilot clusters, as `namespace/nameOnCloud`, or `allClusters`. A finding may be a consequence of
   * an earlier finding if both affect the same cluster.
   */
  readonly about: readonly string[];
  /** The affected Service ports of these clusters; absent if the finding is about all ports that use its objects. */
  readonly servicePorts?: readonly number[] | undefined;
  /** The objects to look at. The first object is at fault. */
  readonly objects: readonly ObjectReference[];
  readonly evidence: readonly Evidence[];
}

/** The value of `about` for findings that affect every SkyPilot cluster. */
export const allClusters = ['*'] as const;

/**
 * Whether two findings affect the same SkyPilot cluster. The later finding may then be a consequence of the earlier
 * finding.
 */
export function overlap(a: readonly string[], b: readonly string[]): boolean {
  return a.includes('*') || b.includes('*') || a.some((each) => b.includes(each));
}

/** A field of an object and the value of the field. The value null means that the field does not exist. */
export function fieldOf(object: ObjectReference, field: string, value: unknown): FieldEvidence {
  return { object, field, value: value ?? null };
}

export const podReference = (pod: WithMetadata): ObjectReference => referenceTo('Pod', pod);

export const serviceReference = (service: WithMetadata): ObjectReference => referenceTo('Service', service);
