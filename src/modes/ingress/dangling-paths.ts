import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { isOurs, portOfOurPortService } from '../../exposure/ownership.ts';
import type { ObjectReference, WithMetadata } from '../../snapshot/object-reference.ts';
import type { PlannedRemoval, PlannedWrite } from '../../snapshot/plan.ts';
import { onlyRedirects } from './own-ingresses.ts';
import { backendsOfIngress } from './paths.ts';

/** A write, and the object that the server returned. */
interface Written {
  readonly planned: Pick<PlannedWrite, 'kind' | 'ownedBy' | 'optional'>;
  readonly object: WithMetadata;
}

/** What the plan was made from. */
interface Before {
  readonly services: readonly Service[];
  readonly ingresses: readonly Ingress[];
}

/** Whether the writes contain an Ingress whose paths lead to Services. */
export function wrotePaths(written: readonly Written[]): boolean {
  return written.some(hasPaths);
}

function hasPaths({ planned: { kind, ownedBy, optional } }: Written): boolean {
  return kind === 'Ingress' && optional === undefined && (ownedBy ?? []).length > 0;
}

/**
 * Whether each written path protects itself against an `unexpose` that runs at the same time. There are two ways, and
 * both rest on the resourceVersion that each write names.
 *
 * - The same Ingress had the path before: then `unexpose` changes this Ingress, and the server refuses the write.
 * - No Ingress had the path, and its Service was just written. Then `unexpose` sees a Service without a path, and looks
 *   again only after a while (`hasBackendWithoutPath`).
 *
 * An optional Ingress needs no protection: it belongs to a single Service, and is deleted with it.
 */
export function protectThemselves(written: readonly Written[], { services, ingresses }: Before): boolean {
  const isWritten = (name: string) => written.some(({ object }) => object.metadata?.name === name);
  const leadsTo = (ingress: Ingress | undefined, name: string) =>
    ingress !== undefined && backendsOfIngress(ingress).some(({ serviceName }) => serviceName === name);
  return written.filter(hasPaths).every(({ planned, object: { metadata } }) => {
    const namespace = metadata?.namespace ?? '';
    const ours = ingresses.filter((each) => each.metadata?.namespace === namespace && isOurs(each.metadata));
    const same = ours.find((each) => each.metadata?.name === metadata?.name);
    return (planned.ownedBy ?? []).every(({ name }) => {
      if (leadsTo(same, name)) return true;
      const isNew = isWritten(name) || !services.some((each) => isAt(each, { namespace, name }));
      return isNew && !ours.some((each) => leadsTo(each, name));
    });
  });
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
 * Whether one of these Services had no path in our Ingresses. Then an `expose` may be about to write the path.
 *
 * @param ingresses the Ingresses from which the removals were planned
 */
export function hasBackendWithoutPath(removals: readonly PlannedRemoval[], ingresses: readonly Ingress[]): boolean {
  const ours = ingresses.filter((each) => isOurs(each.metadata) && !onlyRedirects(each));
  return removals.some(
    ({ namespace, name }) =>
      !ours.some(
        (each) =>
          each.metadata?.namespace === namespace &&
          backendsOfIngress(each).some(({ serviceName }) => serviceName === name),
      ),
  );
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
