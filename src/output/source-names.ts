import type { Endpoint } from '../exposure/endpoint.ts';
import { resourceNameOf } from '../snapshot/object-reference.ts';

/** `service/train--skypilot-lb`: the objects that open the ports, as `kubectl get -o name` writes them, each once. */
export function sourceNamesOf(endpoints: readonly Endpoint[]): string[] {
  const objects = endpoints.map(({ source }) => source[0]!);
  const byIdentity = new Map(objects.map((object) => [`${object.kind}/${object.namespace}/${object.name}`, object]));
  return [...byIdentity.values()].map(({ kind, name }) => resourceNameOf(kind, name));
}
