import { nginxAnnotation } from '../controllers/known-controllers.ts';

/** What `--auth` requests. */
export type AuthWish =
  | { readonly is: 'none' }
  | {
      readonly is: 'basic';
      /** The Secret that `--auth-secret` names; undefined for the Secret of this plugin. */
      readonly secret: string | undefined;
      /** The value of `--auth-user`; undefined if the user did not set it. */
      readonly user: string | undefined;
      /** Whether the user typed a new password (`--auth-password-stdin`). */
      readonly newPassword: boolean;
    };

/**
 * The annotation with the user name that belongs to the password of an Ingress. With it, a later call can print the curl
 * command, and need not read the Secret.
 */
export const authUserAnnotation = 'skyports/auth-user';

const typeKey = nginxAnnotation('auth-type');
const secretKey = nginxAnnotation('auth-secret');

const rangeKeys = ['whitelist', 'allowlist'].map((list) => nginxAnnotation(`${list}-source-range`));

/**
 * Whether an annotation decides who may call a path, and how often (ingress-nginx
 * docs/user-guide/nginx-configuration/annotations.md).
 */
export function limitsCallers(key: string): boolean {
  return /^nginx\.ingress\.kubernetes\.io\/(?:auth-|limit-|(?:whitelist|allowlist|denylist)-source-range$|satisfy$|enable-global-auth$)/.test(
    key,
  );
}

/** The annotations that decide who may call the paths of an Ingress. Ports with different limits need two Ingresses. */
export type Limits = Readonly<Record<string, string>>;

/** The limits in the annotations of an Ingress. */
export function limitsIn(annotations: Readonly<Record<string, string>> = {}): Limits {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => limitsCallers(key)));
}

/** The name of the Secret with the passwords; undefined if the limits ask for no password. */
export function passwordSecretOf(limits: Limits): string | undefined {
  return limits[typeKey] === 'basic' ? limits[secretKey] : undefined;
}

/** The limits that ask for a password from a Secret with the key `auth`, in the format of htpasswd. */
export function passwordLimits(secret: string): Limits {
  return {
    [typeKey]: 'basic',
    [secretKey]: secret,
    [nginxAnnotation('auth-secret-type')]: 'auth-file',
    [nginxAnnotation('auth-realm')]: 'Authentication required',
  };
}

/** The limits without a password. Other limits stay, such as an external service that checks callers (`auth-url`). */
export function withoutPassword(limits: Limits): Limits {
  const ofPassword = Object.keys(passwordLimits(''));
  return Object.fromEntries(Object.entries(limits).filter(([key]) => !ofPassword.includes(key)));
}

/**
 * The limits with another allow-list. An empty list allows every caller. ingress-nginx reads the first name in every
 * version, and the second since 1.9 (internal/ingress/annotations/ipallowlist). Traefik's nginx provider knows both. Both
 * names are written, so that each version finds one.
 */
export function withRanges(limits: Limits, ranges: readonly string[]): Limits {
  const others = Object.entries(limits).filter(([key]) => !rangeKeys.includes(key));
  const list = ranges.length > 0 ? rangeKeys.map((key) => [key, ranges.join(',')] as const) : [];
  return Object.fromEntries([...others, ...list]);
}

/** The address ranges that the limits allow; empty if they allow every caller. */
export function rangesOf(limits: Limits): string[] {
  const text = rangeKeys.map((key) => limits[key]).find((each) => each !== undefined) ?? '';
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

/** Whether two limits are the same. */
export function sameLimits(a: Limits, b: Limits): boolean {
  return limitsText(a) === limitsText(b);
}

/** The limits as one text that does not depend on the order of the annotations. */
export function limitsText(limits: Limits): string {
  return JSON.stringify(Object.entries(limits).sort(([a], [b]) => (a < b ? -1 : 1)));
}
