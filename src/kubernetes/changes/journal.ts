import { Failure, InterruptedError } from '../../errors/failure.ts';
import { resourceNameOf } from '../../snapshot/object-reference.ts';

/** A command's change to one object. */
export interface Change {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly effect: 'created' | 'changed' | 'deleted' | 'annotated';
}

/** A command ended before it had made all its changes. `details` contains the outcome of each change. */
export class IncompleteError extends Failure {
  override readonly name = 'IncompleteError';
}

/**
 * Records what a command has changed. Each change is reported as soon as it is done. So even if the command fails or is
 * interrupted, the user knows which objects exist.
 */
export class Journal {
  readonly #report: (line: string) => void;
  #due: readonly Change[] = [];
  readonly #done: Change[] = [];
  readonly #left: string[] = [];
  readonly #unknown: Change[] = [];
  #refused: Change | undefined;
  #startsOver = false;

  /** @param report receives a line for each completed change */
  constructor(report: (line: string) => void) {
    this.#report = report;
  }

  /** Sets the changes that are still to be made. They replace those of an earlier plan. */
  expect(changes: readonly Change[]): void {
    this.#due = changes;
    this.#refused = undefined;
    this.#startsOver = false;
  }

  /** Records that the plan was applied, but another plan has to follow. */
  startsOver(): void {
    this.#startsOver = true;
  }

  done(change: Change): void {
    this.#due = this.#due.filter((each) => !isSame(each, change));
    this.#done.push(change);
    this.#report(lineOf(change));
  }

  /** Records that the server refused an optional change. The command goes on. */
  skipped(change: Change, line: string): void {
    this.#due = this.#due.filter((each) => !isSame(each, change));
    this.#refused = undefined;
    this.#report(`warning: ${line}`);
  }

  /** Records that a created object was removed again, because a later change failed. */
  undone(change: Change): void {
    this.#done.splice(
      this.#done.findIndex((each) => isSame(each, change)),
      1,
    );
    this.#due = [...this.#due, change];
    this.#report(`${nameOf(change)} removed again`);
  }

  /** Records that a created object could not be removed again. */
  left(change: Change, why: string): void {
    this.#done.splice(
      this.#done.findIndex((each) => isSame(each, change)),
      1,
    );
    this.#left.push(`${nameOf(change)} (not removed again: ${why})`);
  }

  /** Records that it is unknown whether a change was made: its answer was lost, and the object could not be read. */
  unknown(change: Change): void {
    this.#due = this.#due.filter((each) => !isSame(each, change));
    this.#unknown.push(change);
  }

  /** Records the change that ended the command. */
  refused(change: Change): void {
    this.#refused ??= change;
  }

  /**
   * The error that ends the command, with the outcome of each change. If no change was tried, this is the original
   * error, except after an interruption.
   */
  closing(error: unknown): unknown {
    const isInterruption = error instanceof InterruptedError;
    if (!(error instanceof Failure)) return error;
    const hasBegun = this.#done.length > 0 || this.#left.length > 0 || this.#unknown.length > 0;
    if (!hasBegun && !this.#refused && !isInterruption) return error;
    const details = [
      ...lines('done', this.#done.map(lineOf)),
      ...lines('still exists', this.#left),
      ...lines('unknown, the answer was lost', this.#unknown.map(plannedLine)),
      ...lines('not done', this.#due.map(plannedLine)),
      ...(hasBegun ? this.#whatNext() : []),
    ];
    if (isInterruption && !hasBegun)
      return new IncompleteError('interrupted', 'interrupted: nothing was changed', [], { exitCode: 130 });
    const about = this.#refused && !error.message.includes(this.#refused.name) ? `${nameOf(this.#refused)}: ` : '';
    const { code, message, cures, exitCode } = error;
    return new IncompleteError(code, `${about}${message}`, cures, { exitCode, details, cause: error });
  }

  /**
   * Suggests to repeat the command. Suggests nothing if all changes are done: the command might no longer find the
   * object.
   */
  #whatNext(): string[] {
    const isLeft = this.#due.length > 0 || this.#left.length > 0 || this.#startsOver;
    const isUnknown = this.#unknown.length > 0;
    if (isUnknown && !isLeft && this.#unknown.every(({ effect }) => effect === 'deleted')) {
      return ['if it still exists, the same command again finishes it'];
    }
    return isLeft || isUnknown ? ['the same command again finishes it'] : [];
  }
}

/**
 * Makes the changes of a command with a new journal.
 *
 * @throws the error that ended the changes, together with the outcome of each change
 */
export async function journaled<T>(report: (line: string) => void, work: (journal: Journal) => Promise<T>): Promise<T> {
  const journal = new Journal(report);
  try {
    return await work(journal);
  } catch (error) {
    throw journal.closing(error);
  }
}

/** Lists up to three objects on one line. If there are more, each gets its own line, so that no line is cut. */
function lines(what: string, objects: readonly string[]): string[] {
  if (objects.length > 3) return [`${what}:`, ...objects.map((each) => `  ${each}`)];
  return objects.length > 0 ? [`${what}: ${objects.join(', ')}`] : [];
}

const verbs = { created: 'create', changed: 'change', deleted: 'delete', annotated: 'annotate' } as const;

function plannedLine(change: Change): string {
  const place = change.effect === 'deleted' && change.namespace !== '' ? ` in namespace ${change.namespace}` : '';
  return `${verbs[change.effect]} ${nameOf(change)}${place}`;
}

function nameOf({ kind, name }: Change): string {
  return resourceNameOf(kind, name);
}

/** The line that reports a change, in kubectl's words: `service/x deleted from default namespace`. */
export function lineOf(change: Change): string {
  const place = change.effect === 'deleted' && change.namespace !== '' ? ` from ${change.namespace} namespace` : '';
  return `${nameOf(change)} ${change.effect}${place}`;
}

function isSame(a: Change, b: Change): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}
