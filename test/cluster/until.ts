import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again and again until the answer is something, and returns it. Its time limit only ends a test that waits for
 * something that will never come. So the limit is far beyond what a slow machine needs.
 *
 * @param what completes "… did not come true within 120 s" in the error
 * @param ask undefined, null and false mean: not yet. What it throws ends the wait.
 */
export async function until<Answer>(
  what: string,
  ask: () => Answer | Promise<Answer>,
  { withinMs = 120_000, everyMs = 20 } = {},
): Promise<NonNullable<Exclude<Answer, false>>> {
  const start = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) {
      return answer as NonNullable<Exclude<Answer, false>>;
    }
    if (performance.now() - start > withinMs)
      throw new Error(`"${what}" did not come true within ${withinMs / 1000} s`);
    await sleep(everyMs);
  }
}
