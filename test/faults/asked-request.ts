/** A request as the proxy sees it. */
export interface AskedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** The plural of a kind, `version`, or `groups`. */
  readonly resource: string;
  /** Empty for all API groups but named ones. */
  readonly group: string;
  /** Undefined for all namespaces, and for kinds without. */
  readonly namespace: string | undefined;
  /** Undefined for a list. */
  readonly name: string | undefined;
  readonly does: 'read' | 'write' | 'rehearse';
}

const pattern =
  /^\/(?:api\/v1|apis\/(?<group>[^/]+)\/[^/]+)(?:\/namespaces\/(?<namespace>[^/]+)(?=\/))?\/(?<resource>[^/]+)(?:\/(?<name>[^/]+))?/;

/** Reads a request line. */
export function askedRequest(method: string, path: string): AskedRequest {
  const [place = '', query = ''] = path.split('?');
  const { group = '', namespace, resource, name } = pattern.exec(place)?.groups ?? {};
  const named = resource ?? (place === '/version' ? 'version' : 'groups');
  return { method, path, group, namespace, name, resource: named, does: deedOf(method, named, query) };
}

function deedOf(method: string, resource: string, query: string): AskedRequest['does'] {
  // An access review is a question in the form of a POST.
  if (method === 'GET' || resource.endsWith('reviews')) return 'read';
  return new URLSearchParams(query).has('dryRun') ? 'rehearse' : 'write';
}

const kinds: Readonly<Record<string, string>> = {
  deployments: 'Deployment',
  endpointslices: 'EndpointSlice',
  events: 'Event',
  ingressclasses: 'IngressClass',
  ingresses: 'Ingress',
  namespaces: 'Namespace',
  networkpolicies: 'NetworkPolicy',
  nodes: 'Node',
  pods: 'Pod',
  services: 'Service',
};

/** The kind of what was asked for. */
export function kindOf({ resource }: AskedRequest): string {
  return kinds[resource] ?? 'Thing';
}

/** `apiVersion` of what was asked for. */
export function apiVersionOf({ group }: AskedRequest): string {
  return group === '' ? 'v1' : `${group}/v1`;
}
