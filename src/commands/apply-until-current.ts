import { setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../errors/failure.ts';
import { fieldManager } from '../exposure/ownership.ts';
import { type Applied, applyPlan, StalePlanError } from '../kubernetes/apply.ts';
import type { Connection } from '../kubernetes/connect.ts';
import type { Plan } from '../snapshot/plan.ts';

const attempts = 6;

/** Looks, plans and applies; when the objects changed in between, does it all again. */
export interface ApplyRound<P extends { readonly plan: Plan }> {
  readonly connection: Connection;
  readonly forceConflicts: boolean;
  prepare(): Promise<P>;
  /** Whether the server's answers are what was planned. */
  isDone(written: readonly Applied[]): boolean;
}

/**
 * Carries a plan out on the objects it was made from. Two calls at once both succeed, one after the other.
 *
 * @throws Failure when the objects keep changing
 */
export async function applyUntilCurrent<P extends { readonly plan: Plan }>(
  round: ApplyRound<P>,
): Promise<{ prepared: P; applied: readonly Applied[] }> {
  const applied: Applied[] = [];
  for (let attempt = 1; ; attempt++) {
    const prepared = await round.prepare();
    try {
      const options = { fieldManager, dryRun: false, forceConflicts: round.forceConflicts };
      const written = await applyPlan(round.connection, prepared.plan, options);
      applied.push(...written);
      if (round.isDone(written)) return { prepared, applied };
    } catch (error) {
      if (!(error instanceof StalePlanError)) throw error;
    }
    if (attempt === attempts) {
      throw new Failure('somebody else keeps changing the same objects', 'try again when they are done');
    }
    // Two callers must not meet again at the same moment.
    await delay(20 * attempt + Math.random() * 80);
  }
}
