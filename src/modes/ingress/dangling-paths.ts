import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { isOurs, portOfOurPortService } from '../../exposure/ownership.ts';
import type { ObjectReference, WithMetadata } from '../../snapshot/object-reference.ts';
import type { PlannedRemoval, PlannedWrite } from '../../snapshot/plan.ts';
import { backendsOfIngress } from './paths.ts';

/** A write, and the object that the server returned. */
interface Written {
  readonly planned: Pick<PlannedWrite, 'ownedBy'>;
  readonly object: WithMetadata;
}

/** Whether the writes contain an Ingress whose paths lead to Services. */
export function wrotePaths(written: readonly Written[]): boolean {
  return written.some(({ planned }) => planned.ownedBy && planned.ownedBy.length > 0);
}

/**
 * Whether the Services behind the written paths still exist. A Service that was deleted and created again has another
 * uid. It does not count, because the ownerReferences of the Ingress contain the old uid.
 */
export function backendsExist(written: readonly Written[], services: readonly Service[]): boolean {
  return written.every(({ planned, object: { metadata } }) =>
    (planned.ownedBy ?? []).every(({ name }) => {
      const live = services.find((each) => isAt(each, { namespace: metadata?.namespace ?? '', name }));
      const owner = metadata?.ownerReferences?.find((each) => each.name === name);
      return live !== undefined && (owner === undefined || owner.uid === live.metadata?.uid);
    }),
  );
}

/** Of these removals, those of Services that may be behind a path of our Ingresses. */
export function removalsOfBackends(removals: readonly PlannedRemoval[]): PlannedRemoval[] {
  return removals.filter(({ kind, name }) => kind === 'Service' && portOfOurPortService(name) !== undefined);
}

/**
 * Whether a path of our Ingresses leads to a removed Service. A newer Service of the same name does not count as
 * removed.
 */
export function leadsToRemoved(ingresses: readonly Ingress[], removals: readonly PlannedRemoval[]): boolean {
  return ingresses
    .filter(({ metadata }) => isOurs(metadata))
    .some((ingress) => {
      const { namespace, ownerReferences = [] } = ingress.metadata ?? {};
      const backends = new Set(backendsOfIngress(ingress).map(({ serviceName }) => serviceName));
      const isMadeAgain = (removed: PlannedRemoval) =>
        ownerReferences.some(({ name, uid }) => name === removed.name && uid !== removed.uid);
      return removals.some((each) => each.namespace === namespace && backends.has(each.name) && !isMadeAgain(each));
    });
}

function isAt({ metadata }: WithMetadata, { namespace, name }: Pick<ObjectReference, 'namespace' | 'name'>): boolean {
  return metadata?.namespace === namespace && metadata.name === name;
}
