import { UsageError } from '../errors/usage-error.ts';
import type { System } from '../system.ts';

/** Asks on the terminal; anything but a yes is a no. */
export async function agrees(system: System, question = 'Do this?'): Promise<boolean> {
  return /^y(es)?$/i.test((await system.ask(`${question} [y/N] `)).trim());
}

/**
 * Refuses what would have to ask where nobody can be asked.
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
  throw new UsageError(`${what}, and there is no terminal to ask on`, 'add -y, or --dry-run to see what it would do');
}
