import { advice } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { System } from '../system.ts';

/**
 * Asks on the terminal before an act; anything but a yes is a no.
 *
 * @param question the act in the future tense: "Delete 1 Service?"
 */
export async function agrees(system: System, question = 'Make these changes?'): Promise<boolean> {
  return /^y(es)?$/i.test((await system.ask(`${question} [y/N] `)).trim());
}

/**
 * Refuses a command that would have to ask, if there is no terminal to ask on.
 *
 * @param what "prune asks before it removes"
 * @throws UsageError
 */
export function refuseToAsk(
  what: string,
  { yes, dryRun }: { readonly yes: boolean | undefined; readonly dryRun: boolean },
  { stdinIsTerminal }: Pick<System, 'stdinIsTerminal'>,
): void {
  if (yes || dryRun || stdinIsTerminal) return;
  throw new UsageError('no-terminal', `${what}, and there is no terminal to ask on`, [
    advice('add --dry-run to see what it would do'),
    advice('add -y to do it without a question'),
  ]);
}
