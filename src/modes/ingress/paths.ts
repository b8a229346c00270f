import type { Ingress } from 'kubernetes-types/networking/v1';

/** A path of an Ingress and its Service. */
export interface IngressBackendPath {
  /** Host of the rule; undefined matches every host. */
  readonly host: string | undefined;
  /** As written in the Ingress; '' for the default backend. */
  readonly path: string;
  readonly serviceName: string;
  readonly servicePort: { readonly number?: number; readonly name?: string };
}

/** All paths of an Ingress with their Services, in the order of the Ingress. */
export function backendsOfIngress(ingress: Ingress): IngressBackendPath[] {
  const { rules = [], defaultBackend } = ingress.spec ?? {};
  const paths: IngressBackendPath[] = rules.flatMap(({ host, http }) =>
    (http?.paths ?? []).flatMap(({ path = '/', backend }) =>
      backend.service ? { host, path, serviceName: backend.service.name, servicePort: backend.service.port ?? {} } : [],
    ),
  );
  if (defaultBackend?.service) {
    const { name, port = {} } = defaultBackend.service;
    paths.push({ host: undefined, path: '', serviceName: name, servicePort: port });
  }
  return paths;
}

/**
 * Whether the app sees the path without the prefix (`strip`) or with it (`keep`). `prefix` starts with a slash and does
 * not end with one; '' is the root.
 */
export interface PathShape {
  readonly rewrite: 'strip' | 'keep';
  readonly prefix: string;
}

/**
 * The path of a rule, for an Ingress with the annotation `rewrite-target: /$2`. The app sees the second group, so one
 * Ingress can have ports with and without their prefix.
 */
export function regexPathOf({ rewrite, prefix }: PathShape): string {
  if (prefix === '') return '/()(.*)';
  const literal = prefix.replaceAll('.', '[.]');
  return rewrite === 'strip' ? `${literal}(/|$)(.*)` : `/()(${literal.slice(1)}(?:/.*|$))`;
}

/** The inverse of `regexPathOf`. A plain path (`pathType: Prefix`) reaches the app unchanged. */
export function pathShapeOf(path: string): PathShape {
  // At the root, there is nothing to strip or keep. If the port gets a path later, the path is stripped, as is the
  // default.
  if (path === '/()(.*)') return { rewrite: 'strip', prefix: '' };
  const stripped = /^(.*)\(\/\|\$\)\(\.\*\)$/.exec(path);
  if (stripped) return { rewrite: 'strip', prefix: stripped[1]!.replaceAll('[.]', '.') };
  return { rewrite: 'keep', prefix: literalPathOf(path) };
}

/**
 * The path that a caller types, from a rule's path. SkyPilot's and our own regular expressions are undone. Any other
 * path ends before its first special character.
 */
export function literalPathOf(path: string): string {
  const kept = /^\/\(\)\((.+)\(\?:\/\.\*\|\$\)\)$/.exec(path);
  const plain = (kept ? `/${kept[1]}` : path).replaceAll('[.]', '.');
  return (plain.startsWith('/()') ? '' : plain.split(/[([*+?\\^$|]/, 1)[0]!).replace(/\/+$/, '');
}

/**
 * The path to call, from a rule's path: below a prefix that the app does not see, it ends in a slash. Without it, the
 * relative links of the app's page would lead out of the prefix.
 */
export function calledPathOf(path: string): string {
  const literal = literalPathOf(path);
  return literal !== '' && pathShapeOf(path).rewrite === 'strip' ? `${literal}/` : literal;
}
