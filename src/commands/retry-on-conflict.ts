import { setTimeout as delay } from 'node:timers/promises';
import { advice } from '../errors/cure.ts';
import { Failure } from '../errors/failure.ts';
import { fieldManager } from '../exposure/ownership.ts';
import type { Connection } from '../kubernetes/api/connect.ts';
import { type Applied, applyPlan } from '../kubernetes/changes/apply.ts';
import type { Journal } from '../kubernetes/changes/journal.ts';
import { StalePlanError } from '../kubernetes/changes/stale-plan-error.ts';
import type { SecretContent } from '../kubernetes/changes/write-secret.ts';
import type { Plan } from '../snapshot/plan.ts';

const attempts = 6;

/**
 * Runs a function that reads objects and then changes them. If another program changes the objects between these steps,
 * runs the function again.
 *
 * @throws Failure if the objects keep changing
 */
export async function retryOnConflict<T>(change: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof StalePlanError)) throw error;
    }
    if (attempt === attempts) {
      throw new Failure('objects-keep-changing', 'another program keeps changing the same objects', [
        advice('try again when it is done'),
      ]);
    }
    // A random delay, so that two callers do not conflict again.
    await delay(20 * attempt + Math.random() * 80);
  }
}

/** How to plan and apply a change. */
interface ApplyRound<P extends { readonly plan: Plan }> {
  readonly connection: Connection;
  readonly forceConflicts: boolean;
  readonly journal: Journal;
  prepare(): Promise<P>;
  /** The data of a Secret that the plan writes. */
  readonly secret?: SecretContent | undefined;
  /** A plan that the user has already seen; the first attempt applies it. */
  readonly first?: P;
  /** Is called when the last writes begin, for a request that can go with them. It must not reject. */
  besideLast?(prepared: P): void;
  /** After a failed write, returns the created objects that must stay, because other objects need them. */
  inUse?(created: readonly Applied[]): Promise<readonly Applied[]>;
  /** Whether the API server now has the planned objects. If not, a new plan is made and applied. */
  isDone(written: readonly Applied[], prepared: P): boolean | Promise<boolean>;
}

/**
 * Applies a plan. If the objects have changed since the plan was made, makes and applies a new plan. So if two calls
 * conflict, one succeeds after the other.
 *
 * @throws Failure if the objects keep changing
 */
export async function applyWithRetry<P extends { readonly plan: Plan }>(
  round: ApplyRound<P>,
): Promise<{ prepared: P; applied: readonly Applied[] }> {
  const applied: Applied[] = [];
  const { forceConflicts, journal, secret, inUse } = round;
  const options = { fieldManager, forceConflicts, journal, secret, inUse };
  let known = round.first;
  const prepared = await retryOnConflict(async () => {
    const each = known ?? (await round.prepare());
    known = undefined;
    const besideLast = () => round.besideLast?.(each);
    const written = await applyPlan(round.connection, each.plan, { ...options, besideLast });
    applied.push(...written);
    if (!(await round.isDone(written, each))) {
      round.journal.startsOver();
      throw new StalePlanError('stale-plan', 'the objects do not hold what was written', [advice('try again')]);
    }
    return each;
  });
  return { prepared, applied };
}
