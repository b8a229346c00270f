import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { ownPortServiceName } from '../../exposure/ownership.ts';
import { sameValue } from '../../exposure/plan/owned-fields.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { mustNotExist, type PlannedWrite } from '../../snapshot/plan.ts';

/** The desired state of one of our Ingresses. */
export interface IngressWrite {
  readonly manifest: Ingress;
  readonly live: Ingress | undefined;
  readonly base: Ingress;
  /** The Service ports that the Ingress will contain. */
  readonly ports: readonly number[];
  readonly skyCluster: string;
  /** The names of the Services that this plan writes. */
  readonly created: ReadonlySet<string>;
}

/**
 * Plans the write of one of our Ingresses. Its owners are the Services behind its paths, so Kubernetes deletes it after
 * them.
 */
export function writeIngress(
  view: SnapshotIndex,
  { manifest, live, base, ports, skyCluster, created }: IngressWrite,
): PlannedWrite {
  const { ownerReferences = [], ...metadata } = manifest.metadata ?? {};
  const namespace = metadata.namespace ?? '';
  const serviceOf = (name: string): Service | undefined => view.services.get(`${namespace}/${name}`);
  const ownedBy = ports
    .map((port) => ownPortServiceName(skyCluster, port))
    .filter((name) => created.has(name) || serviceOf(name))
    .map((name) => ({ name, uid: serviceOf(name)?.metadata?.uid }));
  const sameOwners = sameValue(
    ownerReferences.map(({ uid }) => uid),
    ownedBy.map(({ name, uid }) => uid ?? name),
  );
  const { ownerReferences: _, ...baseMetadata } = base.metadata ?? {};
  const unchanged = live && sameOwners && sameValue({ ...manifest, metadata }, { ...base, metadata: baseMetadata });
  const resourceVersion = live?.metadata?.resourceVersion ?? mustNotExist;
  const uid = live?.metadata?.uid;
  return {
    kind: 'Ingress',
    manifest: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      ...manifest,
      // As in planService: with the uid, an apply does not create a deleted object again.
      metadata: { ...metadata, resourceVersion, ...(uid && { uid }) },
    },
    effect: unchanged ? 'unchanged' : live ? 'changed' : 'created',
    ...(uid && { uid }),
    ownedBy,
    ports,
  };
}
