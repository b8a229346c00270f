import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { isOurs, portOfOurPortService } from '../../exposure/ownership.ts';
import { type ObjectReference, referenceTo, type WithMetadata } from '../../snapshot/object-reference.ts';
import type { Plan, PlannedRemoval, PlannedWrite } from '../../snapshot/plan.ts';
import { onlyRedirects } from './own-ingresses.ts';
import { backendsOfIngress } from './paths.ts';

/** A write, and the object that the server returned. */
interface Written {
  readonly planned: Pick<PlannedWrite, 'kind' | 'ownedBy' | 'optional' | 'yields'>;
  readonly object: WithMetadata;
}

/** What a plan was made from. */
interface Seen {
  readonly services: readonly Service[];
  readonly ingresses: readonly Ingress[];
}

/** What a plan was made from, and what it removes. */
interface Before extends Seen {
  readonly removals: readonly PlannedRemoval[];
}

/** Whether the writes contain an Ingress whose paths lead to Services. */
export function wrotePaths(written: readonly Written[]): boolean {
  return written.some(hasPaths);
}

function hasPaths({ planned: { kind, ownedBy, optional } }: Written): boolean {
  return kind === 'Ingress' && optional === undefined && (ownedBy ?? []).length > 0;
}

type Place = Pick<ObjectReference, 'namespace' | 'name'>;

/** The written paths: the Services that they lead to, and the names of their Ingresses. */
function pathsIn(written: readonly Written[]): { readonly service: Place; readonly ingress: string }[] {
  return written
    .filter(hasPaths)
    .flatMap(({ planned, object: { metadata: { namespace = '', name = '' } = {} } }) =>
      (planned.ownedBy ?? []).map((owner) => ({ service: { namespace, name: owner.name }, ingress: name })),
    );
}

/**
 * Whether each written path is safe from another `expose` or `unexpose` that runs at the same time. Each write and removal
 * names the resourceVersion that was seen. So a path is safe in these cases:
 *
 * - The same Ingress had the path before. The other call changes this Ingress, and the server refuses the later change.
 * - Other Ingresses had the path, and this plan has taken it from there first. The same holds for these Ingresses.
 *   Afterwards, the other call sees a Service without a path.
 * - The Service did not exist before. The other call sees a Service without a path.
 *
 * For a Service without a path, each call looks again only after a while (`hasUnfinishedBackend`,
 * `hasBackendWithoutPath`). Ingresses that only redirect do not count: they belong to a single Service, and are deleted
 * with it.
 */
export function areSafe(written: readonly Written[], before: Before): boolean {
  const isTaken = ({ metadata }: Ingress) =>
    written.some(({ planned, object }) => planned.yields && object.metadata?.uid === metadata?.uid) ||
    before.removals.some(({ yields, uid }) => yields && uid === metadata?.uid);
  return pathsIn(written).every(({ service, ingress }) => {
    const holders = holdersOf(service, before.ingresses);
    if (holders.length === 0) return !isUnfinished(service, before);
    return holders.some((each) => each.metadata?.name === ingress) || holders.every(isTaken);
  });
}

/**
 * Whether a written path leads to a Service that was there before, without a path. Then another `expose` may be about
 * to write a path to it, into another Ingress.
 */
export function hasUnfinishedBackend(written: readonly Written[], before: Seen): boolean {
  return pathsIn(written).some(({ service }) => isUnfinished(service, before));
}

/** Whether the Service exists, and none of our Ingresses has a path to it. */
function isUnfinished(service: Place, { services, ingresses }: Seen): boolean {
  return services.some((each) => isAt(each, service)) && holdersOf(service, ingresses).length === 0;
}

/**
 * The written Services whose Ingress was not written, because it already had their paths. Another call may have removed
 * these paths since then.
 */
export function withUnwrittenPaths({ writes }: Plan, written: readonly Written[]): ObjectReference[] {
  const unwritten = writes.filter((planned) => planned.kind === 'Ingress' && planned.effect === 'unchanged');
  const owners = new Set(unwritten.flatMap(({ ownedBy }) => (ownedBy ?? []).map(({ name }) => name)));
  return written
    .filter(({ planned, object }) => planned.kind === 'Service' && owners.has(object.metadata?.name ?? ''))
    .map(({ object }) => referenceTo('Service', object));
}

/** Whether each Service has a path in our Ingresses. */
export function havePaths(services: readonly ObjectReference[], ingresses: readonly Ingress[]): boolean {
  return services.every((each) => holdersOf(each, ingresses).length > 0);
}

/** Whether a path that was added to an Ingress is also in another of our Ingresses. */
export function isInTwoIngresses(written: readonly Written[], before: Seen, ingresses: readonly Ingress[]): boolean {
  return pathsIn(written).some(({ service, ingress }) => {
    const isThis = (each: Ingress) => each.metadata?.name === ingress;
    return !holdersOf(service, before.ingresses).some(isThis) && !holdersOf(service, ingresses).every(isThis);
  });
}

/** Of the created objects, the Services that have a path in one of our Ingresses that this call has not created. */
export function withPathOfOthers<T extends Written>(created: readonly T[], ingresses: readonly Ingress[]): T[] {
  const uids = new Set(created.map(({ object }) => object.metadata?.uid));
  const others = ingresses.filter(({ metadata }) => !uids.has(metadata?.uid));
  return created.filter(({ planned, object: { metadata: { namespace = '', name = '' } = {} } }) => {
    return planned.kind === 'Service' && holdersOf({ namespace, name }, others).length > 0;
  });
}

/** Our Ingresses that have a path to the Service, without those that only redirect. */
function holdersOf({ namespace, name }: Place, ingresses: readonly Ingress[]): Ingress[] {
  return ingresses.filter(
    (each) =>
      each.metadata?.namespace === namespace &&
      servesPorts(each) &&
      backendsOfIngress(each).some(({ serviceName }) => serviceName === name),
  );
}

/** Whether it is one of our Ingresses, and does not only redirect. */
function servesPorts(ingress: Ingress): boolean {
  return isOurs(ingress.metadata) && !onlyRedirects(ingress);
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
  return removals.filter(isBackend);
}

/** Whether the object is a Service that may be behind a path of our Ingresses. */
export function isBackend({ kind, name = '' }: { readonly kind: string; readonly name?: string | undefined }): boolean {
  return kind === 'Service' && portOfOurPortService(name) !== undefined;
}

/**
 * Whether one of these Services had no path in our Ingresses. Then an `expose` may be about to write the path.
 *
 * @param ingresses the Ingresses from which the removals were planned
 */
export function hasBackendWithoutPath(removals: readonly PlannedRemoval[], ingresses: readonly Ingress[]): boolean {
  return removals.some((each) => holdersOf(each, ingresses).length === 0);
}

/**
 * Whether the plan removes a path whose Service was not seen. The lists are not from the same moment, so an `expose` may
 * have made the Service between them.
 */
export function removesPathOfUnseen({ writes, removals }: Plan, { services, ingresses }: Seen): boolean {
  return ingresses.filter(servesPorts).some((live) => {
    const { namespace = '', uid = '' } = live.metadata ?? {};
    const written = writes.find((each) => each.uid === uid);
    const isRemoved = removals.some((each) => each.uid === uid);
    if (!written && !isRemoved) return false;
    const kept = written ? backendsOfIngress(written.manifest as Ingress) : [];
    const gone = backendsOfIngress(live).filter((each) => kept.every((left) => left.serviceName !== each.serviceName));
    return gone.some(({ serviceName }) => !services.some((each) => isAt(each, { namespace, name: serviceName })));
  });
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

function isAt({ metadata }: WithMetadata, { namespace, name }: Place): boolean {
  return metadata?.namespace === namespace && metadata.name === name;
}
