import type { Ingress } from 'kubernetes-types/networking/v1';

/** One way from an Ingress to a Service. */
export interface IngressBackendPath {
  /** Host of the rule; undefined takes every host. */
  readonly host: string | undefined;
  /** As written in the Ingress; '' for the default backend. */
  readonly path: string;
  readonly serviceName: string;
  readonly servicePort: { readonly number?: number; readonly name?: string };
}

/** All ways from an Ingress to Services, in the order they are written. */
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

/** How the app sees the path: without the prefix (`strip`) or with it (`keep`). `prefix` starts with a slash and does not end with one; '' is the root. */
export interface PathShape {
  readonly rewrite: 'strip' | 'keep';
  readonly prefix: string;
}

/**
 * The path of a rule that works under one annotation for the whole Ingress, `rewrite-target: /$2`, so that ports with
 * and without their prefix live side by side: the second group is what the app sees.
 */
export function regexPathOf({ rewrite, prefix }: PathShape): string {
  if (prefix === '') return '/()(.*)';
  const literal = prefix.replaceAll('.', '[.]');
  return rewrite === 'strip' ? `${literal}(/|$)(.*)` : `/()(${literal.slice(1)}(?:/.*|$))`;
}

/** The inverse of `regexPathOf`, and of a plain path (`pathType: Prefix`), which reaches the app as it is. */
export function pathShapeOf(path: string): PathShape {
  // At the root there is nothing to strip or keep; a path given to the port later is stripped like any other.
  if (path === '/()(.*)') return { rewrite: 'strip', prefix: '' };
  const stripped = /^(.*)\(\/\|\$\)\(\.\*\)$/.exec(path);
  if (stripped) return { rewrite: 'strip', prefix: stripped[1]!.replaceAll('[.]', '.') };
  return { rewrite: 'keep', prefix: literalPathOf(path) };
}

/**
 * The path that a caller types, read from a rule's path: SkyPilot's and our own regular expressions are undone, any other
 * is cut before its first special character.
 */
export function literalPathOf(path: string): string {
  const kept = /^\/\(\)\((.+)\(\?:\/\.\*\|\$\)\)$/.exec(path);
  const plain = (kept ? `/${kept[1]}` : path).replaceAll('[.]', '.');
  return (plain.startsWith('/()') ? '' : plain.split(/[([*+?\\^$|]/, 1)[0]!).replace(/\/+$/, '');
}
