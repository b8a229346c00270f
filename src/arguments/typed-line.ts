import { advice, type Cure, command, cure } from '../errors/cure.ts';

/**
 * What the user typed, corrected: the whole line, to run as it is. A line with a token gets no command, since what is printed
 * ends up in logs.
 *
 * @param args what follows `kubectl skyports`, already corrected
 */
export function typedLine(args: readonly string[], note: string): Cure {
  if (args.some((arg) => /^--token(=|$)/.test(arg))) return advice(note);
  return cure(command`kubectl skyports ${args}`, note);
}

/** The arguments with others in the place of some of them. */
export function replaced(args: readonly string[], at: number, count: number, ...others: readonly string[]): string[] {
  return args.toSpliced(at, count, ...others);
}

/** The arguments with another value for a flag that was typed once, as `--flag value` or `--flag=value`; undefined otherwise. */
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
