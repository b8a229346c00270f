import type { Cure } from '../../src/errors/cure.ts';

/** An error's fact and what it suggests, on one line: `FACT; NOTE: COMMAND; NOTE`. */
export function saidBy({ message, cures }: { readonly message: string; readonly cures: readonly Cure[] }): string {
  const suggested = cures.map(({ command, note }) => [note, command].filter((each) => each !== null).join(': '));
  return [message, ...suggested].join('; ');
}
