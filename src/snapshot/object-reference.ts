import type { ObjectMeta } from 'kubernetes-types/meta/v1';

/** Which object: the fields that a person and a script need to find it again. */
export interface ObjectReference {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Any Kubernetes object; lists give their items without kind. */
export interface WithMetadata {
  metadata?: ObjectMeta;
}

/** The reference of an object whose kind the caller knows, since the items of a list don't carry it. */
export function referenceTo(kind: string, object: WithMetadata): ObjectReference {
  return { kind, namespace: object.metadata?.namespace ?? '', name: object.metadata?.name ?? '' };
}

/** `namespace/name`, the key objects are looked up by. */
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
