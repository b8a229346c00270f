import { advice, type Cure, command, cure } from '../errors/cure.ts';

/**
 * The corrected command of the user, as a suggestion. If the command contains `--token`, the suggestion is only the
 * note: the output can end up in logs, and must not contain a secret.
 *
 * @param args the corrected arguments after `kubectl skyports`
 */
export function typedLine(args: readonly string[], note: string): Cure {
  if (args.some((arg) => /^--token(=|$)/.test(arg))) return advice(note);
  return cure(command`kubectl skyports ${args}`, note);
}

/** Replaces `count` of the arguments, from the index `at` on, with other words. */
export function replaced(args: readonly string[], at: number, count: number, ...others: readonly string[]): string[] {
  return args.toSpliced(at, count, ...others);
}

/**
 * Replaces the value of a flag in the arguments, in `--flag value` or `--flag=value`.
 *
 * @returns undefined if the flag is missing or repeated
 */
export function withFlagValue(args: readonly string[], names: readonly string[], value: string): string[] | undefined {
  const end = args.indexOf('--');
  const places = args.flatMap((arg, at) => {
    const name = names.find((each) => arg === each || arg.startsWith(`${each}=`));
    return name === undefined || (end !== -1 && at > end) ? [] : [{ at, name, apart: arg === name }];
  });
  const [place, second] = places;
  if (!place || second) return undefined;
  if (!place.apart) return replaced(args, place.at, 1, `${place.name}=${value}`);
  return place.at + 1 < args.length ? replaced(args, place.at, 2, place.name, value) : undefined;
}
