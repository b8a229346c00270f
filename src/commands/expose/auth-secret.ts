import { advice, command, cure } from '../../errors/cure.ts';
import { Failure } from '../../errors/failure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { isOurs, portOfOurPortService } from '../../exposure/ownership.ts';
import { refuseForeign } from '../../exposure/plan/plan-service.ts';
import { ApiError } from '../../kubernetes/api/api-error.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { passwordIdAnnotation, seenSecret } from '../../kubernetes/changes/write-secret.ts';
import { isAboutPermission } from '../../snapshot/dry-run.ts';
import { mustNotExist, type Plan, type PlannedWrite } from '../../snapshot/plan.ts';
import { objectPath } from '../../snapshot/resource-paths.ts';
import { isRecord } from '../../snapshot/shape.ts';

/** What the call knows about the Secret that its plan changes. */
interface SecretKnowledge {
  /** Whether the password with this id was just set by another call of `expose`. */
  isOthers(id: string | undefined): boolean;
  /** Whether this call makes a new password for a Secret without one. */
  readonly makesPassword: boolean;
  /**
   * Whether the user may write the Secret, and no plan was refused yet. Then the present version of a Secret that no
   * Ingress names is not requested. If it exists all the same, the server refuses the write, because of `mustNotExist`.
   */
  readonly mayWrite: boolean;
  /**
   * Whether owners may be added without a request for the present version. If the Secret is not as expected, the server
   * refuses the write.
   */
  readonly mayAddOwners: boolean;
}

/**
 * Completes a plan with the present version of the Secret that it changes. The Secret's data is not read (see
 * `seenSecret`). So a missing permission is reported before anything is written. A Secret that was planned as unchanged
 * is left out, unless someone has deleted it, or it never got its password.
 *
 * @throws Failure if the user may not write Secrets; UsageError if the Secret belongs to another program
 */
export async function withSeenSecret<P extends Plan>(
  plan: P,
  connection: Connection,
  { isOthers, makesPassword, mayWrite, mayAddOwners }: SecretKnowledge,
): Promise<P> {
  const write = plan.writes.find(({ kind }) => kind === 'Secret');
  const removal = plan.removals.find(({ kind }) => kind === 'Secret');
  const { namespace = '', name = '' } = write?.manifest.metadata ?? removal ?? {};
  if (name === '' || (write?.addsOwners && mayAddOwners)) return plan;
  const isHeld = write?.effect === 'unchanged';
  let found: Awaited<ReturnType<typeof seenSecret>>;
  try {
    const isNew = mayWrite && write?.effect === 'created';
    found = isNew ? undefined : await seenSecret(connection, namespace, name);
  } catch (error) {
    if (!(error instanceof ApiError) || !isAboutPermission(error.serverMessage)) throw error;
    if (isHeld) return withoutSecret(plan);
    if (write) throw mayNotWrite(namespace, error);
    const warning = `Secret ${name} stays until its Services are deleted, because you may not change Secrets in namespace ${namespace}`;
    return { ...plan, removals: without(plan, 'Secret'), warnings: [...plan.warnings, warning] };
  }
  if (found) refuseForeign('Secret', namespace, name, isOurs(found.metadata));
  if (write && found?.metadata?.deletionTimestamp) throw secretGoing(name, namespace);
  const { uid = '', resourceVersion = '' } = found?.metadata ?? {};
  if (!write) {
    const removals = plan.removals.map((each) => (each.kind === 'Secret' ? { ...each, uid, resourceVersion } : each));
    return { ...plan, removals: found ? removals : without(plan, 'Secret') };
  }
  const hasPassword = found?.metadata?.annotations?.[passwordIdAnnotation] !== undefined;
  if (isHeld && hasPassword) return withoutSecret(plan);
  const isLost = write.newPassword === undefined && (makesPassword ? !hasPassword : found === undefined);
  if (isLost && !makesPassword) throw secretLost(name, namespace);
  const isKept = found !== undefined && isOthers(found.metadata?.annotations?.[passwordIdAnnotation]);
  const owners = found?.metadata?.ownerReferences ?? [];
  const ownServices = owners.filter(isPortService);
  // If no Ingress of the snapshot names the Secret, another call may be about to write one. Its Services stay owners.
  const further = isKept || write.effect === 'created' ? ownServices : [];
  const { newPassword: _, addsOwners: _added, ...kept } = write;
  const seen: PlannedWrite = {
    ...kept,
    ...(write.newPassword && !isKept && { newPassword: true }),
    ownedBy: [
      ...(write.ownedBy ?? []),
      ...further.filter((each) => !write.ownedBy?.some((own) => own.name === each.name)),
    ],
    ...(isLost && { newPassword: true }),
    effect: found ? 'changed' : 'created',
    ...(found && { uid }),
    manifest: {
      ...write.manifest,
      metadata: {
        ...write.manifest.metadata,
        resourceVersion: found ? resourceVersion : mustNotExist,
        ...(found && { uid, ownerReferences: owners.filter((each) => !isPortService(each)) }),
      },
    },
  };
  return { ...plan, writes: plan.writes.map((each) => (each === write ? seen : each)) };
}

/** Whether an owner is the Service of a port. Other owners are from other programs, and stay. */
function isPortService({ kind, name }: { readonly kind: string; readonly name: string }): boolean {
  return kind === 'Service' && portOfOurPortService(name) !== undefined;
}

function without({ removals }: Plan, kind: string): Plan['removals'] {
  return removals.filter((each) => each.kind !== kind);
}

/** The plan without its write of the Secret, which stays as it is. */
function withoutSecret<P extends Plan>(plan: P): P {
  return { ...plan, writes: plan.writes.filter(({ kind }) => kind !== 'Secret') };
}

function secretLost(name: string, namespace: string): Failure {
  return new Failure(
    'auth-secret-lost',
    `Secret ${name} with the password does not exist in namespace ${namespace}: callers of its ports get an error`,
    [advice('add --auth basic to make a new password, or --auth none to open the ports without one')],
  );
}

function secretGoing(name: string, namespace: string): Failure {
  return new Failure(
    'auth-secret-lost',
    `Secret ${name} with the password in namespace ${namespace} is being deleted: its finalizers keep it for a while`,
    [
      cure(
        command`kubectl get secret ${name} -n ${namespace} -o ${'jsonpath={.metadata.finalizers}'}`,
        'shows the finalizers; try again when the Secret is gone',
      ),
    ],
  );
}

function mayNotWrite(namespace: string, error: ApiError): Failure {
  return new Failure(
    'secrets-forbidden',
    `a password needs a Secret, and you may not write Secrets in namespace ${namespace}: ${error.serverMessage}`,
    [
      advice(
        'add --auth-secret NAME to use a Secret that an administrator made; its key auth contains lines of htpasswd',
      ),
      ...error.cures,
    ],
    { cause: error },
  );
}

/**
 * Looks at the Secret that `--auth-secret` names. Nothing of its content is kept or shown.
 *
 * @returns a warning if the user may not read it
 * @throws UsageError if it does not exist, or has the wrong shape
 */
export async function checkNamedSecret(
  name: string,
  namespace: string,
  { api }: Connection,
): Promise<string | undefined> {
  let data: unknown;
  try {
    ({ data } = await api.get<{ data?: unknown }>(objectPath('Secret', namespace, name)));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.isForbidden) {
      return `you may not read Secret ${name}, so whether it contains users and passwords is unknown`;
    }
    if (!error.saysGone(name, 'secrets')) throw error;
    throw new UsageError('auth-secret-missing', `Secret ${name} does not exist in namespace ${namespace}`, [
      cure(
        command`kubectl create secret generic ${name} -n ${namespace} --from-file=auth=FILE`,
        'creates it; FILE has a line for each user, as htpasswd -B writes it',
      ),
    ]);
  }
  const fault = faultOf(isRecord(data) ? data.auth : undefined);
  if (fault === undefined) return undefined;
  throw new UsageError('auth-secret-invalid', `Secret ${name} cannot hold passwords: ${fault}`, [
    advice('put lines of htpasswd (USER:HASH) into its key auth'),
  ]);
}

function faultOf(auth: unknown): string | undefined {
  if (typeof auth !== 'string') return 'it has no key auth';
  const lines = Buffer.from(auth, 'base64')
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  if (lines.length === 0) return 'its key auth is empty';
  return lines.every((line) => /^[^:]+:\S/.test(line)) ? undefined : 'a line of its key auth is not USER:HASH';
}
