import { advice, type Cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { nearestValueOf } from './nearest.ts';
import { typedLine, withFlagValue } from './typed-line.ts';

/**
 * Checks that a flag's value is one of the choices.
 *
 * @param flag the flag as the user typed it: `--mode`, `-o`
 * @param args the arguments of the call, for the corrected command
 * @throws UsageError for any other value; the error suggests the nearest choice
 */
export function oneOf<T extends string>(text: string, choices: readonly T[], flag: string, args: readonly string[]): T {
  const found = choices.find((each) => each === text);
  if (found) return found;
  throw unknownValue(text, choices, flag, args);
}

/** The error for a value that is not one of the choices: `"lb" is not a valid value of --mode, which takes …`. */
export function unknownValue(
  text: string,
  choices: readonly string[],
  flag: string,
  args: readonly string[],
): UsageError {
  const fact = `"${text}" is not a valid value of ${flag}, which takes ${choices.join(', ')}`;
  return new UsageError('invalid-value', fact, meantValue(text, choices, flag, args));
}

/** The command with the nearest choice; empty if no choice is close. */
export function meantValue(text: string, choices: readonly string[], flag: string, args: readonly string[]): Cure[] {
  const nearest = nearestValueOf(text, choices);
  if (nearest === undefined) return [];
  const spellings = flag === '-o' ? ['-o', '--output'] : [flag];
  const line = withFlagValue(args, spellings, nearest);
  const note = `did you mean "${nearest}"?`;
  return [line ? typedLine(line, note) : advice(note)];
}
