import type { Cure } from '../../src/errors/cure.ts';
import { cureLines } from '../../src/output/cure-lines.ts';

/** What an error says to do, as it is printed. */
export function cureText(error: unknown): string {
  return cureLines((error as { readonly cures: readonly Cure[] }).cures).join('\n');
}

/** The commands that an error suggests. */
export function cureCommands(error: unknown): (string | null)[] {
  return (error as { readonly cures: readonly Cure[] }).cures.map(({ command }) => command);
}
