import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { keyOf, type ObjectReference, type WithMetadata } from '../snapshot/object-reference.ts';
import type { PlannedWrite } from '../snapshot/plan.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Observation } from '../snapshot/topics.ts';
import { portsOfIngress } from './ingress/own-ingresses.ts';

/** An object that was written, as the server returned it. */
export interface WrittenObject {
  readonly kind: PlannedWrite['kind'];
  readonly object: WithMetadata;
}

/**
 * Whether the objects that the server returned contain all planned ports. If two calls create the same object at the
 * same time, one call may remove the ports of the other.
 */
export function holdsPorts(
  written: readonly { readonly planned: PlannedWrite; readonly object: WithMetadata }[],
): boolean {
  return written.every(({ planned, object }) => {
    const ports = portsOf[planned.kind](object);
    return planned.ports.every((port) => ports.has(port));
  });
}

const portsOf: Readonly<Record<PlannedWrite['kind'], (object: WithMetadata) => ReadonlySet<number>>> = {
  Service: (object) => portsOfService(object as Service),
  Ingress: (object) => new Set(portsOfIngress(object as Ingress)),
  Secret: () => new Set(),
};

function portsOfService({ spec }: Service): Set<number> {
  return new Set((spec?.ports ?? []).map(({ port }) => port));
}

/**
 * The snapshot after the changes: without the removed objects, and the written objects replace the earlier ones. So the
 * lists need not be read again.
 */
export function withApplied(
  snapshot: Snapshot,
  written: readonly WrittenObject[],
  removed: readonly ObjectReference[] = [],
): Snapshot {
  const { services, ingresses } = snapshot.topics;
  const of = <T extends WithMetadata>(wanted: WrittenObject['kind']) => ({
    written: written.filter(({ kind }) => kind === wanted).map(({ object }) => object as T),
    removed: removed
      .filter(({ kind }) => kind === wanted)
      .map(({ namespace, name }) => keyOf({ metadata: { namespace, name } })),
  });
  return {
    ...snapshot,
    topics: {
      ...snapshot.topics,
      services: replaced(services, of<Service>('Service')),
      ingresses: replaced(ingresses, of<Ingress>('Ingress')),
    },
  };
}

function replaced<T extends WithMetadata>(
  observation: Observation<T>,
  { written, removed }: { readonly written: readonly T[]; readonly removed: readonly string[] },
): Observation<T> {
  if (!observation.observed || written.length + removed.length === 0) return observation;
  const items = new Map(observation.items.map((item) => [keyOf(item), item]));
  for (const key of removed) items.delete(key);
  for (const object of written) items.set(keyOf(object), object);
  return { ...observation, items: [...items.values()] };
}
