import { UsageError } from '../errors/usage-error.ts';

/** The choice that a flag's value is. @throws UsageError for any other value, with all choices */
export function oneOf<T extends string>(text: string, choices: readonly T[], flag: string): T {
  const found = choices.find((each) => each === text);
  if (found) return found;
  throw new UsageError(`${flag} ${text}: unknown`, `${flag} takes one of ${choices.join(', ')}`);
}
