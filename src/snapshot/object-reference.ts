import type { ObjectMeta } from 'kubernetes-types/meta/v1';

/** What a person or a script needs to find an object. */
export interface ObjectReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Any Kubernetes object. It has no `kind`, because items of lists do not contain it. */
export interface WithMetadata {
  metadata?: ObjectMeta;
}

/** The reference to an object. The caller passes the kind, because items of lists do not contain it. */
export function referenceTo(kind: string, object: WithMetadata): ObjectReference {
  return { kind, namespace: object.metadata?.namespace ?? '', name: object.metadata?.name ?? '' };
}

/** `namespace/name`: the key of an object in maps. */
export function keyOf(object: WithMetadata): string {
  return `${object.metadata?.namespace ?? ''}/${object.metadata?.name ?? ''}`;
}

const resourceNames: Readonly<Record<string, string>> = {
  Ingress: 'ingress.networking.k8s.io',
  IngressClass: 'ingressclass.networking.k8s.io',
};

/** `resource.group/name` of an object, as `kubectl get -o name` writes it. */
export function resourceNameOf(kind: string, name: string): string {
  return `${resourceNames[kind] ?? kind.toLowerCase()}/${name}`;
}
