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

/** The Ingresses of ours for one SkyPilot cluster, one a set of annotations, those that only redirect among them. */
export function ownIngressesOf(
  view: SnapshotIndex,
  { namespace, nameOnCloud }: Pick<SkyCluster, 'namespace' | 'nameOnCloud'>,
): Ingress[] {
  return itemsOf(view.snapshot.topics.ingresses).filter(
    ({ metadata }) =>
      metadata?.namespace === namespace && isOurs(metadata) && nameOnCloudOfOurs(metadata.name ?? '') === nameOnCloud,
  );
}

/** The name of the set in an Ingress's name; '' for the usual set. */
export function setNameOf({ metadata }: Ingress, nameOnCloud: string): string {
  return (metadata?.name ?? '').slice(ownIngressName(nameOnCloud).length + '--'.length);
}

/** Whether it serves nothing itself: its paths lead callers to the paths of another Ingress. */
export function onlyRedirects({ metadata }: Ingress): boolean {
  return isOurs(metadata) && metadata?.annotations?.[redirectAnnotation] !== undefined;
}

/** The Service ports that paths of one of our Ingresses lead to, each once. */
export function portsOfIngress({ spec }: Ingress): number[] {
  const names = (spec?.rules ?? []).flatMap(({ http }) =>
    (http?.paths ?? []).map(({ backend }) => backend.service?.name),
  );
  return [...new Set(names.flatMap((name) => portOfOurPortService(name ?? '') ?? []))];
}

/** The Ingress of a name; undefined if it does not exist, or if Ingresses may not be seen. */
export function ingressNamed(view: SnapshotIndex, namespace: string, name: string): Ingress | undefined {
  return itemsOf(view.snapshot.topics.ingresses).find(
    ({ metadata }) => metadata?.namespace === namespace && metadata.name === name,
  );
}
