import { Failure, InterruptedError } from '../../errors/failure.ts';
import { type DryRun, isAboutPermission, refusesDryRuns } from '../../snapshot/dry-run.ts';
import type { Manifest, PlannedWrite } from '../../snapshot/plan.ts';
import { ApiError } from '../api/api-error.ts';
import type { Connection } from '../api/connect.ts';
import { type Applied, applyOne, eachOf, withOwners } from './apply.ts';
import { StalePlanError } from './stale-plan-error.ts';
import { writeSecret } from './write-secret.ts';

/** The API server's answer to the dry run of one write. */
export type DryRunAnswer = Pick<DryRun, 'outcome' | 'status' | 'message'>;

/**
 * Sends each write to the API server as a dry run, which stores nothing (`dryRun=All`). The user needs the same
 * permissions as for the write, and the audit log records a write. If a write is refused, the other writes are still
 * sent.
 *
 * @returns one answer for each write, in the order of `writes`
 * @throws Failure if the user is not logged in, or interrupts the command
 */
export async function tryWrites(
  connection: Connection,
  writes: readonly PlannedWrite[],
  fieldManager: string,
): Promise<DryRunAnswer[]> {
  const answers = new Map<PlannedWrite, DryRunAnswer>();
  const applied: Applied[] = [];
  const tryOne = async (planned: PlannedWrite) => {
    const { kind, effect } = planned;
    const manifest = withoutUnknownOwners(withOwners(planned, applied));
    const options = { fieldManager, forceConflicts: false, journal: undefined };
    try {
      const object =
        kind === 'Secret'
          ? await writeSecret(connection, planned, manifest, options)
          : await applyOne(connection, { ...planned, manifest }, options);
      applied.push({ planned, kind, effect, object });
      answers.set(planned, { outcome: 'accepted', status: 200, message: '' });
    } catch (error) {
      answers.set(planned, answerOf(error));
    }
  };
  const isOwned = ({ ownedBy }: PlannedWrite) => ownedBy !== undefined;
  await eachOf(
    writes.filter((write) => !isOwned(write)),
    tryOne,
  );
  await eachOf(writes.filter(isOwned), tryOne);
  return writes.map((write) => answers.get(write)!);
}

/**
 * Removes owners without a uid. If the dry run of a Service was refused, the Service has no uid. With such an owner,
 * the API server would refuse the Ingress too.
 */
function withoutUnknownOwners(manifest: Manifest): Manifest {
  const { ownerReferences, ...metadata } = manifest.metadata ?? {};
  const known = ownerReferences?.filter(({ uid }) => uid !== '') ?? [];
  return { ...manifest, metadata: { ...metadata, ...(known.length > 0 && { ownerReferences: known }) } };
}

function answerOf(error: unknown): DryRunAnswer {
  if (!(error instanceof Failure) || error instanceof InterruptedError) throw error;
  if (!(error instanceof ApiError)) {
    // If other field managers own the fields, the real write would fail too. But if the object has changed in the
    // meantime, this answer says nothing about the real write.
    const isConflict = !(error instanceof StalePlanError) && error.code === 'field-conflict';
    return { outcome: isConflict ? 'refused' : 'failed', status: isConflict ? 409 : 0, message: error.message };
  }
  const { status, serverMessage: message } = error;
  if (status === 401) throw error;
  return { outcome: outcomeOf(status, message), status, message };
}

function outcomeOf(status: number, message: string): DryRun['outcome'] {
  if (refusesDryRuns(message)) return 'unsupported';
  if (status === 403 && isAboutPermission(message)) return 'forbidden';
  if (status >= 500) return /failed calling webhook/.test(message) ? 'refused' : 'failed';
  return status === 429 || status === 408 ? 'failed' : 'refused';
}
