import { setTimeout as delay } from 'node:timers/promises';
import { advice } from '../errors/cure.ts';
import { Failure } from '../errors/failure.ts';
import { StalePlanError } from '../kubernetes/changes/apply.ts';

const attempts = 6;

/**
 * Does a look and a change; when the object changed in between, both again.
 *
 * @throws Failure when the object keeps changing
 */
export async function untilCurrent<T>(change: () => Promise<T>): Promise<T> {
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
    // Two callers must not meet again at the same moment.
    await delay(20 * attempt + Math.random() * 80);
  }
}
