import { hasWords, isBelievable, outputOf, shortIn, writesHit } from './evidence.ts';
import { changedBetween } from './facts.ts';
import { type Ended, type Invariant, wrongIf } from './invariant.ts';

const saysSomething = new Set(['server fails', 'no right', 'namespace goes']);

/** Whether kubectl, too, sends the write again, and the second one gets through. */
function isRepeated(trial: Ended): boolean {
  const { fault, place } = trial.cell;
  const again = fault.repeated || fault.means === 'conflict' || fault.means === 'harmless';
  return Boolean(again) && !place.onward && writesHit(trial).length > 0;
}

/** Whether a write was answered by the fault, for good, and is not done. */
function isRefused(trial: Ended): boolean {
  if (isRepeated(trial) || isBelievable(trial) || trial.cell.fault.means === 'harmless') return false;
  return writesHit(trial).length > 0 && shortIn(trial, trial.after).length > 0;
}

/** What a command makes of writes that fail. */
export const writeInvariants: readonly Invariant[] = [
  {
    title: 'A write that was answered by 409, or by 429 or 503 with Retry-After, is sent again',
    broken: (trial) => {
      if (!isRepeated(trial)) return undefined;
      const { code } = trial.first;
      const isFine = trial.cell.row.codes.fine.includes(code);
      return [...wrongIf(!isFine, `exit ${code}`), ...shortIn(trial, trial.after)];
    },
  },
  {
    title: 'A write that is refused fails the command',
    broken: (trial) => {
      if (!isRefused(trial)) return undefined;
      const { failed } = trial.cell.row.codes;
      return wrongIf(!failed.includes(trial.first.code), `exit ${trial.first.code}, not ${failed.join(' or ')}`);
    },
  },
  {
    title: 'The object that was refused is named',
    broken: (trial) => {
      if (!isRefused(trial)) return undefined;
      const names = writesHit(trial).flatMap(({ name }) => name ?? []);
      const output = outputOf(trial.first);
      return wrongIf(!names.some((name) => output.includes(name)), `none of ${names.join(', ')} is named`);
    },
  },
  {
    title: 'What the server said of the write is shown, or called unexpected',
    broken: (trial) => {
      if (!isRefused(trial) || !saysSomething.has(trial.cell.fault.means)) return undefined;
      return wrongIf(!hasWords(trial, trial.first), 'the words of the server are missing');
    },
  },
  {
    title: 'A failed command names each object that it changed or left behind',
    broken: (trial) => {
      const changed = changedBetween(trial.before, trial.after).filter((object) => object !== 'file');
      if (trial.first.code === 0 || changed.length === 0) return undefined;
      const output = outputOf(trial.first);
      const unnamed = changed.filter((object) => ![object.split('/')[1]!, ownerOf(object)].some(isIn(output)));
      return unnamed.map((object) => `${object} was changed and is not named`);
    },
  },
];

const isIn = (output: string) => (name: string | undefined) => name !== undefined && output.includes(name);

/** The Service that owns a redirect. Kubernetes deletes the redirect with it. */
function ownerOf(object: string): string | undefined {
  const [, nameOnCloud, port] = /^ingress\/(.+)--skyports-ingress--redirect-(\d+)$/.exec(object) ?? [];
  return port === undefined ? undefined : `${nameOnCloud}--skyports-svc--${port}`;
}
