import type { Ingress } from 'kubernetes-types/networking/v1';
import { ownAuthSecretName } from '../../exposure/ownership.ts';
import { authUserAnnotation, type Limits, limitsIn, passwordSecretOf } from '../../exposure/plan/access.ts';
import { type ExposeRequest, usualAuthUser } from '../../exposure/plan/expose-request.ts';
import { ownedFieldsOf } from '../../exposure/plan/owned-fields.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import type { PlannedWrite } from '../../snapshot/plan.ts';
import { presentUser } from './auth-secret.ts';
import { onlyRedirects, portsOfIngress } from './own-ingresses.ts';
import { writeIngress } from './write-ingress.ts';

/**
 * The user name to write on an Ingress with these limits; undefined if the Secret of this plugin has no password for it.
 *
 * @param own our present Ingresses
 */
export function userFor(
  own: readonly Ingress[],
  { auth, skyCluster: { nameOnCloud } }: ExposeRequest,
  limits: Limits,
): string | undefined {
  if (passwordSecretOf(limits) !== ownAuthSecretName(nameOnCloud)) return undefined;
  const asked = auth?.is === 'basic' ? auth.user : undefined;
  return asked ?? presentUser(own, nameOnCloud) ?? usualAuthUser;
}

/**
 * Plans the writes of the Ingresses that have the same password as the requested ports, and another user name. One Secret
 * contains the password of all ports, so a new user name applies to all of them.
 */
export function planUserNames(
  view: SnapshotIndex,
  { skyCluster: { nameOnCloud } }: ExposeRequest,
  own: readonly Ingress[],
  wanted: readonly Ingress[],
): PlannedWrite[] {
  const user = presentUser(wanted, nameOnCloud);
  if (user === undefined) return [];
  const written = new Set(wanted.map(({ metadata }) => metadata?.name));
  return own
    .filter(
      (live) =>
        !onlyRedirects(live) &&
        !written.has(live.metadata?.name) &&
        passwordSecretOf(limitsIn(live.metadata?.annotations)) === ownAuthSecretName(nameOnCloud) &&
        live.metadata?.annotations?.[authUserAnnotation] !== user,
    )
    .map((live) => {
      const base = ownedFieldsOf(live);
      const annotations = { ...base.metadata?.annotations, [authUserAnnotation]: user };
      const manifest = { ...base, metadata: { ...base.metadata, annotations } };
      const ports = portsOfIngress(live);
      return writeIngress(view, { manifest, live, base, ports, skyCluster: nameOnCloud, created: new Set() });
    });
}

/** The ports of the planned Ingresses that have a password now, and none after the writes. */
export function portsThatLosePassword(own: readonly Ingress[], wanted: readonly Ingress[]): number[] {
  const before = portsWithPassword(own);
  const after = portsWithPassword(wanted);
  return wanted.flatMap(portsOfIngress).filter((port) => before.includes(port) && !after.includes(port));
}

/** The ports behind Ingresses that ask for a password from any Secret. */
export function portsWithPassword(ingresses: readonly Ingress[]): number[] {
  return ingresses
    .filter((each) => !onlyRedirects(each) && passwordSecretOf(limitsIn(each.metadata?.annotations)) !== undefined)
    .flatMap(portsOfIngress);
}
