import { falseClaims } from './claims.ts';
import { hasAnswer, isBelievable, isHit, lostIn, outputOf, shortIn } from './evidence.ts';
import { type Invariant, wrongIf } from './invariant.ts';
import { serverInvariants } from './server-invariants.ts';
import type { Trial } from './try-cell.ts';
import { writeInvariants } from './write-invariants.ts';

const stack = /\n {4}at |this is a bug in kubectl-skyports/;
/** All but the newline and the tab: C0, C1, and the marks that turn or break lines. */
const control = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;

/** What holds whatever fails. */
const always: readonly Invariant[] = [
  {
    title: 'Nothing is lost that was not to be removed',
    broken: (trial) => [...lostIn(trial, trial.after), ...lostIn(trial, trial.final)].map((line) => `lost: ${line}`),
  },
  {
    title: 'Exit code 0 only if the goal is reached on the real server',
    broken: (trial) => {
      const { first, after, cell } = trial;
      if (first.code !== 0 || isBelievable(trial)) return undefined;
      const isAnswered = hasAnswer(trial, first) || cell.row.saysWhatIsMissing?.(first) === true;
      return [...shortIn(trial, after), ...wrongIf(!isAnswered, 'the answer is another one')];
    },
  },
  {
    title: 'Nothing is reported as done that is not done on the real server',
    broken: (trial) => (isBelievable(trial) ? undefined : falseClaims(trial)),
  },
  {
    title: 'Exit code 2 (misused) never',
    broken: (trial) => (isBelievable(trial) ? undefined : wrongIf(trial.first.code === 2, 'exit 2')),
  },
  {
    title: 'No stack trace',
    broken: ({ first }) => wrongIf(stack.test(outputOf(first)), 'a stack trace'),
  },
  {
    title: 'No control character in the output',
    broken: ({ first }) => wrongIf(control.test(outputOf(first)), 'a control character'),
  },
  {
    title: 'An answer that is only slow changes nothing',
    broken: (trial) => {
      const { cell, first, after } = trial;
      if (cell.fault.means !== 'harmless') return undefined;
      const isSame = cell.row.codes.fine.includes(first.code) && hasAnswer(trial, first);
      return [...wrongIf(!isSame, `exit ${first.code}, or another answer`), ...shortIn(trial, after)];
    },
  },
  {
    title: 'The same command without the fault then reaches the goal',
    broken: (trial) => {
      const { second, final, cell } = trial;
      if (!second) return ['the second run did not end'];
      const isFine = cell.row.codes.fine.includes(second.code);
      return [
        ...wrongIf(!isFine, `the second run: exit ${second.code}`),
        ...wrongIf(!hasAnswer(trial, second), 'the second run has another answer'),
        ...shortIn(trial, final),
      ];
    },
  },
];

const ends = 'The command ends by itself within 10 seconds';

/** All of them, in the order of docs/reliability.md. */
export const invariants: readonly Invariant[] = [...always, ...serverInvariants, ...writeInvariants];
export const titles: readonly string[] = [ends, ...invariants.map(({ title }) => title)];

/** What one trial says of one invariant. */
export interface Judgement {
  readonly title: string;
  /** Empty if it held. */
  readonly broken: readonly string[];
}

/** Judges a trial by everything that applies to it. */
export function judgeTrial(trial: Trial): Judgement[] {
  const { first } = trial;
  if (!first) return [{ title: ends, broken: ['it did not end'] }];
  const judged = invariants.flatMap(({ title, broken }) => {
    const lines = broken({ ...trial, first });
    return lines === undefined ? [] : [{ title, broken: lines }];
  });
  return [{ title: ends, broken: [] }, ...judged];
}

/** Why a trial tried nothing: a change that found nothing to change, or a table that is wrong. */
export function emptinessOf(trial: Trial): 'nothing to change' | 'nothing was hit' | undefined {
  if (isHit(trial)) return undefined;
  return trial.cell.fault.blow.do === 'change the answer' ? 'nothing to change' : 'nothing was hit';
}
