import { type ObjectReference, referenceTo, type WithMetadata } from '../snapshot/object-reference.ts';
import type { FieldEvidence } from './finding.ts';

/** A field of an object and its value; null stands for a field that is not there. */
export function fieldOf(object: ObjectReference, field: string, value: unknown): FieldEvidence {
  return { object, field, value: value ?? null };
}

/** The reference of a Pod. */
export const podReference = (pod: WithMetadata): ObjectReference => referenceTo('Pod', pod);

/** The reference of a Service. */
export const serviceReference = (service: WithMetadata): ObjectReference => referenceTo('Service', service);
