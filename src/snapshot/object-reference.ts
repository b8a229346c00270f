import type { ObjectMeta } from 'kubernetes-types/meta/v1';

/** Identifies an object: the fields that a person or a script needs to find it. */
export interface ObjectReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Any Kubernetes object. Items of lists have no kind. */
export interface WithMetadata {
  metadata?: ObjectMeta;
}

/** The reference of an object. The caller passes the kind, since items of a list do not contain it. */
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
