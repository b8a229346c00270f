import type { Ingress } from 'kubernetes-types/networking/v1';
import { withoutFinalSlash } from '../../snapshot/text.ts';

/** A path of an Ingress and the Service that it leads to. */
export interface IngressBackendPath {
  /** Host of the rule; undefined matches every host. */
  readonly host: string | undefined;
  /** The path as the Ingress has it; '' for the default backend. */
  readonly path: string;
  readonly serviceName: string;
  readonly servicePort: { readonly number?: number; readonly name?: string };
}

/** All paths of an Ingress that lead to a Service, in the order of the Ingress, and then its default backend. */
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
 * The prefix of a path, and whether the app receives the path without the prefix (`strip`) or with it (`keep`). The
 * prefix starts with a slash and does not end with one; '' is the root.
 */
export interface PathShape {
  readonly rewrite: 'strip' | 'keep';
  readonly prefix: string;
}

/**
 * The path of a rule as a regular expression, for an Ingress with the annotation `rewrite-target: /$2`. The app
 * receives the second group of the expression. So one Ingress can have ports that strip their prefix and ports that
 * keep it.
 */
export function regexPathOf({ rewrite, prefix }: PathShape): string {
  if (prefix === '') return '/()(.*)';
  const literal = literalRegexOf(prefix);
  return rewrite === 'strip' ? `${literal}(/|$)(.*)` : `/()(${literal.slice(1)}(?:/.*|$))`;
}

/**
 * The path of an Ingress that redirects callers of the prefix without a final slash, as a regular expression. The path
 * of the port itself, `PREFIX(/|$)(.*)`, matches such a call, too. ingress-nginx and Traefik's nginx provider try
 * longer paths first. So empty groups make this path longer. Without a redirect, or if the controller ignores it, the
 * app still answers the call.
 */
export function redirectPathOf({ prefix }: Pick<PathShape, 'prefix'>): string {
  return `${literalRegexOf(prefix)}()()()()()$`;
}

function literalRegexOf(prefix: string): string {
  return prefix.replaceAll('.', '[.]');
}

/** The inverse of `regexPathOf`. A plain path (`pathType: Prefix`) reaches the app unchanged. */
export function pathShapeOf(path: string): PathShape {
  // The root has no prefix to strip or keep. If the port gets a prefix later, the app receives paths without it, as by
  // default.
  if (path === '/()(.*)') return { rewrite: 'strip', prefix: '' };
  const stripped = /^(.*)\(\/\|\$\)\(\.\*\)$/.exec(path);
  if (stripped) return { rewrite: 'strip', prefix: stripped[1]!.replaceAll('[.]', '.') };
  return { rewrite: 'keep', prefix: literalPathOf(path) };
}

/**
 * The path that a caller types, computed from a rule's path. The regular expressions of SkyPilot and of this plugin are
 * removed. Any other path ends before its first special character.
 */
export function literalPathOf(path: string): string {
  const kept = /^\/\(\)\((.+)\(\?:\/\.\*\|\$\)\)$/.exec(path);
  const plain = (kept ? `/${kept[1]}` : path).replaceAll('[.]', '.');
  return withoutFinalSlash(plain.startsWith('/()') ? '' : plain.split(/[([*+?\\^$|]/, 1)[0]!);
}

/**
 * The path to call, computed from a rule's path. If the prefix is stripped, the path ends in a slash. Without this
 * slash, the relative links of the app's page would lead out of the prefix.
 */
export function calledPathOf(path: string): string {
  const literal = literalPathOf(path);
  return literal !== '' && pathShapeOf(path).rewrite === 'strip' ? `${literal}/` : literal;
}
