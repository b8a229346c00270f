/**
 * What asks a caller before the app answers.
 *
 * - `password`: the ingress controller asks for a user name and a password
 * - `allow-list`: only some source addresses may connect
 * - `external`: the ingress controller asks another service about the login (an auth URL, OIDC)
 * - `app`: the app itself answered 401 or 403, or redirected to its login. Only a call shows this
 * - `unknown`: a setting may ask, but the objects that this plugin reads do not show it
 * - `none`: nothing before the app asks
 */
export const accessValues = ['password', 'allow-list', 'external', 'app', 'unknown', 'none'] as const;
export type Access = (typeof accessValues)[number];

/** What a setting of a Kubernetes object asks for. */
export type AskedBySetting = Exclude<Access, 'none' | 'app'>;

/** All that asks callers of a port. The order is that of `accessValues`. `none` is the only value if it appears. */
export type AccessList = readonly Access[];

/** The list of what was found: sorted, and each value once. If nothing was found, the list is `none`. */
export function accessListOf(found: readonly Access[]): AccessList {
  const asked = accessValues.filter((each) => each !== 'none' && found.includes(each));
  return asked.length > 0 ? asked : ['none'];
}
