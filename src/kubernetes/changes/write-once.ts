import { InterruptedError } from '../../errors/failure.ts';
import type { Manifest } from '../../snapshot/plan.ts';
import { objectPath, pluralOf, type ResourceKind } from '../../snapshot/resource-paths.ts';
import { isRecord } from '../../snapshot/shape.ts';
import { ApiError } from '../api/api-error.ts';
import type { Connection } from '../api/connect.ts';
import { UnexpectedAnswerError } from '../api/expected-answer.ts';
import { LostAnswerError } from '../transport/transport.ts';
import type { Change, Journal } from './journal.ts';

/** One write. If its answer is lost, `isDone` finds out whether the write was done. */
export interface Write<T> {
  readonly change: Change;
  send(): Promise<T>;
  /**
   * Whether the present object shows that the write was done.
   *
   * @param found undefined if the object does not exist
   */
  isDone(found: Manifest | undefined): boolean;
  /** Reads the present object in another way than by a GET. */
  look?(): Promise<Manifest | undefined>;
  /** Records the change; undefined for a dry run. */
  readonly journal: Pick<Journal, 'done' | 'unknown' | 'refused'> | undefined;
}

/**
 * Makes one change and reports it. If the answer is lost or unexpected, reads the object to find out whether the change
 * was made. If this fails too, reports that the outcome is unknown.
 *
 * @returns the server's answer, or the object that was read
 */
export async function writeOnce<T>(connection: Connection, write: Write<T>): Promise<T> {
  const { change, journal } = write;
  try {
    const answer = await write.send();
    journal?.done(change);
    return answer;
  } catch (error) {
    if (!journal) throw error;
    if (mayBeDone(error)) {
      const found = await lookUp(connection, write);
      if (found === 'unseen') journal.unknown(change);
      else if (write.isDone(found)) {
        journal.done(change);
        return found as T;
      }
    }
    if (!(error instanceof InterruptedError)) journal.refused(change);
    throw error;
  }
}

/** Whether the write may have been done despite the error. A server or gateway can fail after it has done the write. */
function mayBeDone(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 500;
  return error instanceof LostAnswerError || error instanceof UnexpectedAnswerError;
}

/** The present object; undefined if it does not exist, `unseen` if it cannot be read. */
async function lookUp(
  { api }: Connection,
  { change: { kind, namespace, name }, look }: Pick<Write<unknown>, 'change' | 'look'>,
): Promise<Manifest | undefined | 'unseen'> {
  try {
    if (look) return await look();
    return await api.get<Manifest>(objectPath(kind as ResourceKind, namespace, name));
  } catch (error) {
    if (error instanceof ApiError && error.saysGone(name, pluralOf(kind as ResourceKind))) return undefined;
    return 'unseen';
  }
}

/** Whether a planned write was done: the object has another resourceVersion, and contains the planned values. */
export function wasApplied(found: Manifest | undefined, planned: Manifest): boolean {
  if (!found || found.metadata?.resourceVersion === planned.metadata?.resourceVersion) return false;
  const { uid, resourceVersion, ownerReferences, ...metadata } = planned.metadata ?? {};
  return holds(found, { ...planned, metadata });
}

/**
 * Whether `value` contains everything in `declared`. Lists must have the same length, but their order does not matter.
 */
export function holds(value: unknown, declared: unknown): boolean {
  if (Array.isArray(declared)) {
    if (!Array.isArray(value) || value.length !== declared.length) return false;
    return declared.every((item) => value.some((each) => holds(each, item)));
  }
  if (!isRecord(declared)) return value === declared;
  return (
    isRecord(value) && Object.entries(declared).every(([key, field]) => field === undefined || holds(value[key], field))
  );
}

/** Whether the object is gone, is being deleted, or was replaced by another object with the same name. */
export function wasRemoved(found: Manifest | undefined, uid: string | undefined): boolean {
  if (!found) return true;
  return found.metadata?.deletionTimestamp !== undefined || (uid !== undefined && found.metadata?.uid !== uid);
}
