import type { AskedBySetting } from '../access.ts';

/** An annotation that makes an ingress controller ask a caller. */
export interface AccessAnnotation {
  readonly key: string | RegExp;
  /** `unknown` if the annotation names an object that this plugin does not read, or another kind of credentials. */
  readonly access: AskedBySetting;
  /** The objects whose annotation counts. Default: the Ingress. */
  readonly on?: readonly ('Ingress' | 'Service')[];
  /** Whether a value counts; absent if every value that is not empty counts. */
  readonly counts?: (value: string) => boolean;
}

const isOneOf =
  (...values: readonly string[]) =>
  (value: string) =>
    values.includes(value.trim().toLowerCase());

/** Whether a list of ranges excludes any address. The separators are commas, spaces and line breaks. */
const limits = (value: string) => !/(?:^|[\s,])(?:0\.0\.0\.0|::)\/0(?:$|[\s,])/.test(value);

/** Whether a part of a configuration file of nginx may ask for credentials or refuse callers. */
const asksInNginx = (value: string) =>
  /\b(?:auth_basic|auth_request|auth_jwt|satisfy|deny|ssl_verify_client|access_by_lua\w*|return\s+40[13])\b/.test(
    value,
  );

/** Whether a part of a configuration file of HAProxy may ask for credentials or refuse callers. */
const asksInHaproxy = (value: string) =>
  /\bhttp-request\s+(?:auth|deny|reject)\b|\btcp-request\s.*\breject\b/.test(value);

const both = ['Ingress', 'Service'] as const;

/** Annotations that ingress-nginx reads, and the controllers that read its annotations. */
export const nginxAccess: readonly AccessAnnotation[] = [
  { key: 'nginx.ingress.kubernetes.io/auth-type', access: 'password' },
  { key: 'nginx.ingress.kubernetes.io/auth-url', access: 'external' },
  {
    key: /^nginx\.ingress\.kubernetes\.io\/(?:whitelist|allowlist)-source-range$/,
    access: 'allow-list',
    counts: limits,
  },
  { key: 'nginx.ingress.kubernetes.io/auth-tls-secret', access: 'unknown' },
  {
    key: /^nginx\.ingress\.kubernetes\.io\/(?:configuration|server|auth)-snippet$/,
    access: 'unknown',
    counts: asksInNginx,
  },
];

/** A Middleware may ask for a password, call an auth URL, or do neither. Middlewares are not read. */
export const traefikAccess: readonly AccessAnnotation[] = [
  { key: 'traefik.ingress.kubernetes.io/router.middlewares', access: 'unknown' },
  { key: 'traefik.ingress.kubernetes.io/router.tls.options', access: 'unknown' },
];

export const f5Access: readonly AccessAnnotation[] = [
  { key: 'nginx.org/basic-auth-secret', access: 'password' },
  { key: 'nginx.com/jwt-key', access: 'unknown' },
  { key: /^nginx\.(?:org|com)\/policies$/, access: 'unknown' },
  // Some settings of the master apply to its minions.
  { key: 'nginx.org/mergeable-ingress-type', access: 'unknown', counts: isOneOf('minion') },
  { key: /^nginx\.org\/(?:location|server)-snippets$/, access: 'unknown', counts: asksInNginx },
];

export const openshiftAccess: readonly AccessAnnotation[] = [
  { key: /^haproxy\.router\.openshift\.io\/ip_(?:allowlist|whitelist)$/, access: 'allow-list', counts: limits },
];

/** The prefixes `ingress.kubernetes.io` and `haproxy.com` mean the same as `haproxy.org`. */
export const haproxyTechnologiesAccess: readonly AccessAnnotation[] = [
  {
    key: /^(?:haproxy\.org|haproxy\.com|ingress\.kubernetes\.io)\/auth-type$/,
    access: 'password',
    counts: isOneOf('basic-auth'),
  },
  {
    key: /^(?:haproxy\.org|haproxy\.com|ingress\.kubernetes\.io)\/(?:allow-list|whitelist)$/,
    access: 'allow-list',
    counts: limits,
  },
  {
    key: /^(?:haproxy\.org|haproxy\.com|ingress\.kubernetes\.io)\/backend-config-snippet$/,
    access: 'unknown',
    on: both,
    counts: asksInHaproxy,
  },
];

/** Most keys of HAProxy Ingress may also be annotations of the Service. */
export const haproxyIngressAccess: readonly AccessAnnotation[] = [
  { key: /^(?:haproxy-ingress\.github|ingress\.kubernetes)\.io\/auth-secret$/, access: 'password', on: both },
  { key: /^(?:haproxy-ingress\.github|ingress\.kubernetes)\.io\/(?:auth-url|oauth)$/, access: 'external', on: both },
  {
    key: /^(?:haproxy-ingress\.github|ingress\.kubernetes)\.io\/(?:whitelist|allowlist)-source-range$/,
    access: 'allow-list',
    on: both,
    counts: limits,
  },
  { key: /^(?:haproxy-ingress\.github|ingress\.kubernetes)\.io\/auth-tls-secret$/, access: 'unknown', on: both },
  {
    key: /^(?:haproxy-ingress\.github|ingress\.kubernetes)\.io\/config-backend$/,
    access: 'unknown',
    on: both,
    counts: asksInHaproxy,
  },
];

/** A KongPlugin may ask for a key or a password, or do neither. KongPlugins are not read. */
export const kongAccess: readonly AccessAnnotation[] = [{ key: 'konghq.com/plugins', access: 'unknown', on: both }];

/** A BackendConfig may turn on IAP or name a Cloud Armor policy. BackendConfigs are not read. */
export const gkeAccess: readonly AccessAnnotation[] = [
  { key: /^(?:beta\.)?cloud\.google\.com\/backend-config$/, access: 'unknown', on: ['Service'] },
];

export const albAccess: readonly AccessAnnotation[] = [
  {
    key: 'alb.ingress.kubernetes.io/auth-type',
    access: 'external',
    on: both,
    counts: isOneOf('oidc', 'cognito'),
  },
  { key: 'alb.ingress.kubernetes.io/inbound-cidrs', access: 'allow-list', counts: limits },
  { key: 'alb.ingress.kubernetes.io/security-group-prefix-lists', access: 'allow-list' },
  // Security groups, web ACLs and trust stores are not objects of Kubernetes.
  {
    key: /^alb\.ingress\.kubernetes\.io\/(?:security-groups|mutual-authentication|wafv2-acl-(?:arn|name)|waf-acl-id)$/,
    access: 'unknown',
  },
];

/** The names of annotations that may ask callers, for controllers that this plugin does not know. */
export const anyAccess: readonly AccessAnnotation[] = [
  {
    key: /\/[^/]*(?:auth|allow-?list|white-?list|source-range|middleware|plugin|polic|jwt|oidc|iap|waf|inbound)[^/]*$/i,
    access: 'unknown',
    on: both,
  },
];
