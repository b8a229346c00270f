import type { Ingress } from 'kubernetes-types/networking/v1';
import {
  isOurs,
  nameOnCloudOfOurs,
  ownIngressName,
  portOfOurPortService,
  redirectAnnotation,
} from '../../exposure/ownership.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import { itemsOf } from '../../snapshot/topics.ts';

/** Our Ingresses for one SkyPilot cluster: one for each set of annotations, and those that only redirect. */
export function ownIngressesOf(
  view: SnapshotIndex,
  { namespace, nameOnCloud }: Pick<SkyCluster, 'namespace' | 'nameOnCloud'>,
): Ingress[] {
  return itemsOf(view.snapshot.topics.ingresses).filter(
    ({ metadata }) =>
      metadata?.namespace === namespace && isOurs(metadata) && nameOnCloudOfOurs(metadata.name ?? '') === nameOnCloud,
  );
}

/** The name of the set of annotations, from the name of the Ingress; '' for the usual set. */
export function setNameOf({ metadata }: Ingress, nameOnCloud: string): string {
  return (metadata?.name ?? '').slice(ownIngressName(nameOnCloud).length + '--'.length);
}

/** Whether the only purpose of the Ingress is to redirect callers to another Ingress. */
export function onlyRedirects({ metadata }: Ingress): boolean {
  return isOurs(metadata) && metadata?.annotations?.[redirectAnnotation] !== undefined;
}

/** The Service ports behind the paths of one of our Ingresses, without duplicates. */
export function portsOfIngress({ spec }: Ingress): number[] {
  const names = (spec?.rules ?? []).flatMap(({ http }) =>
    (http?.paths ?? []).map(({ backend }) => backend.service?.name),
  );
  return [...new Set(names.flatMap((name) => portOfOurPortService(name ?? '') ?? []))];
}

/** The Ingress with this name. Undefined if it does not exist, or if Ingresses were not seen. */
export function ingressNamed(view: SnapshotIndex, namespace: string, name: string): Ingress | undefined {
  return itemsOf(view.snapshot.topics.ingresses).find(
    ({ metadata }) => metadata?.namespace === namespace && metadata.name === name,
  );
}
