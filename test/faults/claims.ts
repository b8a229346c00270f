import type { RunOutcome } from '../helpers/run-skyports.ts';
import { outputOf } from './evidence.ts';
import { changedBetween, type Facts } from './facts.ts';
import type { Trial } from './try-cell.ts';

type Effect = 'created' | 'changed' | 'annotated' | 'deleted';

interface Claim {
  /** `service/NAME` or `ingress/NAME`. */
  readonly object: string;
  readonly effect: Effect;
}

const pattern = /\b(service|ingress)(?:\.networking\.k8s\.io)?\/([a-z0-9.-]+) (created|changed|annotated|deleted)\b/g;
/** Sentences in which these words stand before an object do not claim that something is done. */
const denial = /\b(not|unknown|whether|would|undone|removed again)\b[^\n]*$/;

/** What an outcome says of objects; of each object what was said last. */
export function claimsOf(outcome: RunOutcome): Claim[] {
  const claims = new Map<string, Claim>();
  const output = outputOf(outcome);
  for (const match of output.matchAll(pattern)) {
    const [, kind, name, effect] = match;
    if (denial.test(output.slice(0, match.index).split('\n').at(-1)!)) continue;
    claims.set(`${kind}/${name}`, { object: `${kind}/${name}`, effect: effect as Effect });
  }
  return [...claims.values()];
}

/** The claims that are not true on the real server. */
export function falseClaims({ first, before, after }: Trial): string[] {
  if (!first) return [];
  const changed = changedBetween(before, after);
  const untrue = claimsOf(first).filter(({ object, effect }) => !isTrue(effect, object, { after, changed, first }));
  return untrue.map(({ object, effect }) => `${object} is said to be ${effect}`);
}

function isTrue(
  effect: Effect,
  object: string,
  { after, changed, first }: { after: Facts; changed: readonly string[]; first: RunOutcome },
): boolean {
  if (effect === 'deleted') return !after.has(object);
  if (after.has(object)) return changed.includes(object);
  // What was created and then taken back has to be called so.
  const name = object.split('/')[1]!;
  const lines = outputOf(first).split('\n');
  return lines.some((line) => line.includes(name) && /undone|removed again|taken back/.test(line));
}
