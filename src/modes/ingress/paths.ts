import type { Ingress } from 'kubernetes-types/networking/v1';
import { withoutFinalSlash } from '../../snapshot/text.ts';

/** A path of an Ingress, and the Service behind it. */
export interface IngressBackendPath {
  /** The host of the rule; undefined matches every host. */
  readonly host: string | undefined;
  /** The path as the Ingress contains it; '' for the default backend. */
  readonly path: string;
  readonly serviceName: string;
  readonly servicePort: { readonly number?: number; readonly name?: string };
}

/** All paths of an Ingress that lead to a Service, in the order of the Ingress. The default backend comes last. */
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
 * The prefix of a path, such as `/train`; '' for the root. `rewrite` says what the app receives for `/train/page`:
 * `/page` (`strip`), or the path unchanged (`keep`).
 */
export interface PathShape {
  readonly rewrite: 'strip' | 'keep';
  readonly prefix: string;
}

/**
 * The path of a rule as a regular expression, for an Ingress with the annotation `rewrite-target: /$2`. The app
 * receives the second group of the expression. So both kinds of ports can be in one Ingress: those that strip their
 * prefix, and those that keep it.
 */
export function regexPathOf({ rewrite, prefix }: PathShape): string {
  if (prefix === '') return '/()(.*)';
  const literal = literalRegexOf(prefix);
  return rewrite === 'strip' ? `${literal}(/|$)(.*)` : `/()(${literal.slice(1)}(?:/.*|$))`;
}

/**
 * The regular expression for a call of `PREFIX` without a final slash, in the Ingress that redirects this call. The
 * expression of the port itself, `PREFIX(/|$)(.*)`, also matches the call. Controllers try the longer expression first.
 * So the empty groups `()` are added here, only to make this expression longer. If a controller does not redirect, the
 * app still answers the call.
 */
export function redirectPathOf({ prefix }: Pick<PathShape, 'prefix'>): string {
  return `${literalRegexOf(prefix)}()()()()()$`;
}

function literalRegexOf(prefix: string): string {
  return prefix.replaceAll('.', '[.]');
}

/** The inverse of `regexPathOf`. With a plain path (`pathType: Prefix`), the app receives the path unchanged. */
export function pathShapeOf(path: string): PathShape {
  // The root has no prefix, so `strip` and `keep` are the same. Choose the default, which applies if the port gets a
  // prefix later.
  if (path === '/()(.*)') return { rewrite: 'strip', prefix: '' };
  const stripped = /^(.*)\(\/\|\$\)\(\.\*\)$/.exec(path);
  if (stripped) return { rewrite: 'strip', prefix: stripped[1]!.replaceAll('[.]', '.') };
  return { rewrite: 'keep', prefix: literalPathOf(path) };
}

/**
 * The path that a caller types, from the path of a rule. The regular expressions of SkyPilot and of this plugin are
 * removed. Any other path is cut before its first special character.
 */
export function literalPathOf(path: string): string {
  const kept = /^\/\(\)\((.+)\(\?:\/\.\*\|\$\)\)$/.exec(path);
  const plain = (kept ? `/${kept[1]}` : path).replaceAll('[.]', '.');
  return withoutFinalSlash(plain.startsWith('/()') ? '' : plain.split(/[([*+?\\^$|]/, 1)[0]!);
}

/**
 * The path to call, from the path of a rule. If the app does not receive the prefix, the path ends with a slash.
 * Without this slash, relative links in the app's page would lead out of the prefix.
 */
export function calledPathOf(path: string): string {
  const literal = literalPathOf(path);
  return literal !== '' && pathShapeOf(path).rewrite === 'strip' ? `${literal}/` : literal;
}
