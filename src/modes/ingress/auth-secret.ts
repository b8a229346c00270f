import type { Secret } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { ownAuthSecretName, ownPortServiceName } from '../../exposure/ownership.ts';
import { authUserAnnotation, limitsIn, passwordSecretOf } from '../../exposure/plan/access.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import { ownMetadata } from '../../exposure/plan/manifest.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import type { PlannedRemoval, PlannedWrite } from '../../snapshot/plan.ts';
import { onlyRedirects, portsOfIngress } from './own-ingresses.ts';

/** The changes of the Secret with the passwords. */
export interface SecretPlan {
  readonly writes: readonly PlannedWrite[];
  readonly removals: readonly PlannedRemoval[];
}

/** The Ingresses that a plan writes. */
export function ingressesIn({ writes }: Pick<SecretPlan, 'writes'>): Ingress[] {
  return writes.flatMap(({ kind, manifest }) => (kind === 'Ingress' ? [manifest as Ingress] : []));
}

/** The ports whose callers need a password from the Secret of this plugin. */
export function portsWithOwnPassword(ingresses: readonly Ingress[], nameOnCloud: string): number[] {
  const name = ownAuthSecretName(nameOnCloud);
  return ingresses
    .filter((each) => !onlyRedirects(each) && passwordSecretOf(limitsIn(each.metadata?.annotations)) === name)
    .flatMap(portsOfIngress);
}

/** The user name of the present password; undefined if no password exists, or its user is unknown. */
export function presentUser(ingresses: readonly Ingress[], nameOnCloud: string): string | undefined {
  const name = ownAuthSecretName(nameOnCloud);
  return ingresses
    .filter((each) => passwordSecretOf(limitsIn(each.metadata?.annotations)) === name)
    .map(({ metadata }) => metadata?.annotations?.[authUserAnnotation])
    .find((user) => user !== undefined);
}

/**
 * Plans the Secret with the passwords. The annotations of our Ingresses say whether it exists, so it is not read. Its
 * owners are the Services of all ports with such a password, so Kubernetes deletes it after the last of them.
 *
 * @param own our present Ingresses
 * @param wanted the planned Ingresses of the requested ports
 * @param created the names of the Services that the plan creates or has to create again
 */
export function planAuthSecret(
  view: SnapshotIndex,
  { skyCluster, auth, ports }: ExposeRequest,
  { own, wanted, created }: { own: readonly Ingress[]; wanted: readonly Ingress[]; created: ReadonlySet<string> },
): SecretPlan {
  const { namespace, nameOnCloud } = skyCluster;
  const name = ownAuthSecretName(nameOnCloud);
  const asked = ports.map(({ servicePort }) => servicePort);
  const before = portsWithOwnPassword(own, nameOnCloud);
  const requested = portsWithOwnPassword(wanted, nameOnCloud).filter((port) => asked.includes(port));
  const after = [...new Set([...before.filter((port) => !asked.includes(port)), ...requested])].sort((a, b) => a - b);
  if (after.length === 0) {
    const removal = { kind: 'Secret', namespace, name, uid: '', resourceVersion: '' };
    return { writes: [], removals: before.length > 0 ? [removal] : [] };
  }
  const user = presentUser(own, nameOnCloud);
  const newUser = auth?.is === 'basic' && auth.user !== undefined && auth.user !== user;
  const isNew = before.length === 0;
  const asksForNew = auth?.is === 'basic' && auth.secret === undefined && (isNew || auth.newPassword || newUser);
  const owners = after.map((port) => ownPortServiceName(nameOnCloud, port));
  const newOwners = owners.filter((each, at) => !before.includes(after[at]!) || created.has(each));
  const sameOwners = newOwners.length === 0 && before.length === after.length;
  const isGrowing = newOwners.length > 0 && before.every((port) => after.includes(port));
  // With --auth basic, the unchanged Secret stays in the plan, so that the command finds out whether it still exists.
  const isHeld = auth?.is === 'basic' && auth.secret === undefined && requested.length > 0;
  if (!asksForNew && sameOwners && !isHeld) return { writes: [], removals: [] };
  const manifest: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, ...ownMetadata(skyCluster) },
    type: 'Opaque',
  };
  const ownedBy = owners.map((each) => ({ name: each, uid: view.services.get(`${namespace}/${each}`)?.metadata?.uid }));
  const write: PlannedWrite = {
    kind: 'Secret',
    manifest,
    effect: isNew ? 'created' : asksForNew || !sameOwners ? 'changed' : 'unchanged',
    ownedBy: ownedBy.filter(({ name: each, uid }) => uid !== undefined || created.has(each)),
    ports: [],
    ...(asksForNew ? { newPassword: true } : isGrowing && { addsOwners: newOwners }),
  };
  return { writes: [write], removals: [] };
}
