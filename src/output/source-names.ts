import type { Endpoint } from '../exposure/endpoint.ts';

const resourceNames: Readonly<Record<string, string>> = {
  Service: 'service',
  Ingress: 'ingress.networking.k8s.io',
  IngressClass: 'ingressclass.networking.k8s.io',
  Pod: 'pod',
};

/** `service/train--skypilot-lb`: the objects that open the ports, as `kubectl get -o name` writes them, each once. */
export function sourceNamesOf(endpoints: readonly Endpoint[]): string[] {
  const objects = endpoints.map(({ source }) => source[0]!);
  const byIdentity = new Map(objects.map((object) => [`${object.kind}/${object.namespace}/${object.name}`, object]));
  return [...byIdentity.values()].map(({ kind, name }) => resourceNameOf(kind, name));
}

/** `resource.group/name` of an object. */
export function resourceNameOf(kind: string, name: string): string {
  return `${resourceNames[kind] ?? kind.toLowerCase()}/${name}`;
}
