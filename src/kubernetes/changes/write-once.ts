import { InterruptedError } from '../../errors/failure.ts';
import type { Manifest } from '../../snapshot/plan.ts';
import { objectPath, pluralOf, type ResourceKind } from '../../snapshot/resource-paths.ts';
import { isRecord } from '../../snapshot/shape.ts';
import { ApiError } from '../api/api-error.ts';
import type { Connection } from '../api/connect.ts';
import { UnexpectedAnswerError } from '../api/expected-answer.ts';
import { LostAnswerError } from '../transport/transport.ts';
import type { Change, Journal } from './journal.ts';

/** One write, and how to see whether it was done when its answer was lost. */
export interface Write<T> {
  readonly change: Change;
  send(): Promise<T>;
  /** What an object that was looked up afterwards says; undefined is one that does not exist. */
  isDone(found: Manifest | undefined): boolean;
  /** Undefined for a dry run, which changes nothing. */
  readonly journal: Pick<Journal, 'done' | 'unknown' | 'refused'> | undefined;
}

/**
 * Makes one change and reports it. When the answer is lost, or is not one to believe, the object is looked up once more;
 * what cannot be looked up either is reported as unknown.
 *
 * @returns the server's answer, else the object that was looked up
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
      const found = await lookUp(connection, change);
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

/** A server or gateway that fails may have failed after the write. */
function mayBeDone(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 500;
  return error instanceof LostAnswerError || error instanceof UnexpectedAnswerError;
}

/** The object as it is now; undefined when it does not exist. */
async function lookUp(
  { api }: Connection,
  { kind, namespace, name }: Change,
): Promise<Manifest | undefined | 'unseen'> {
  try {
    return await api.get<Manifest>(objectPath(kind as ResourceKind, namespace, name));
  } catch (error) {
    if (error instanceof ApiError && error.saysGone(name, pluralOf(kind as ResourceKind))) return undefined;
    return 'unseen';
  }
}

/** Whether an object has been written since it was planned: its version is another, and it holds what was planned. */
export function wasApplied(found: Manifest | undefined, planned: Manifest): boolean {
  if (!found || found.metadata?.resourceVersion === planned.metadata?.resourceVersion) return false;
  const { uid, resourceVersion, ownerReferences, ...metadata } = planned.metadata ?? {};
  return holds(found, { ...planned, metadata });
}

/** Whether a value has all that another declares. Of a list it has as many items, in any order. */
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

/** Whether an object is gone, is on its way out, or is another one of the same name. */
export function wasRemoved(found: Manifest | undefined, uid: string | undefined): boolean {
  if (!found) return true;
  return found.metadata?.deletionTimestamp !== undefined || (uid !== undefined && found.metadata?.uid !== uid);
}
