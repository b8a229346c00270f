import { advice, type Cure, command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { ArgumentFault, MisreadArgument } from './argument-fault.ts';
import type { CommandDescription } from './command-description.ts';
import { commandCalled } from './command-description.ts';
import { type CliSpec, flagsOf } from './completion.ts';
import type { Flag } from './flag.ts';
import { nearestOf } from './nearest.ts';
import { replaced, typedLine } from './typed-line.ts';
import { apartFromItsFlag } from './value-apart.ts';

const program = 'kubectl skyports';

/** The error for an argument that cannot be parsed, with the corrected command. @param args all arguments */
export function misreadError(
  { fault, at, command: name }: MisreadArgument,
  args: readonly string[],
  cliSpec: CliSpec,
): UsageError {
  const word = name ?? args.slice(at + 1).find((each) => commandCalled(each, cliSpec.commands));
  const meant = word === undefined ? undefined : commandCalled(word, cliSpec.commands);
  return errorOf(fault, { args, at, meant, cliSpec });
}

/** The position of an argument on the command line. */
interface Place {
  readonly args: readonly string[];
  readonly at: number;
  /** The command that the argument belongs to; undefined if the command is missing or unknown. */
  readonly meant: CommandDescription | undefined;
  readonly cliSpec: CliSpec;
}

function errorOf(fault: ArgumentFault, place: Place): UsageError {
  const { args, at, meant } = place;
  switch (fault.kind) {
    case 'unknown-flag':
      return unknownFlag(fault.name, place);
    case 'unknown-shorthand': {
      const fact = `unknown shorthand flag: '${fault.letter}' in ${args[at]}${ofCommand(meant)}`;
      return new UsageError('unknown-flag', fact, shorthandCures(fault.letter, place));
    }
    case 'no-value': {
      const { typed } = fault;
      const { value = 'VALUE', describe } = flagTyped(typed, meant) ?? fault.flag;
      const [first = value, ...others] = value.split('|');
      const fact =
        others.length > 0 ? `the value is ${[first, ...others].join(' or ')}` : `${value} stands for the value`;
      const note = describe === '' ? fact : `${fact} (${describe})`;
      return new UsageError('missing-value', `flag needs an argument: ${typed}`, [typedLine([...args, first], note)]);
    }
    case 'no-boolean': {
      const { typed, value } = fault;
      if (isAboutPassword(typed)) return passwordInArguments(typed);
      const line = (text: string, note: string) => typedLine(replaced(args, at, 1, text), note);
      const cures =
        args[at] === `${typed}=${value}`
          ? [line(typed, 'switches it on'), line(`${typed}=false`, 'switches it off')]
          : [];
      return new UsageError('invalid-value', `${typed}=${value} is neither true nor false`, cures);
    }
    case 'value-apart':
      return apartFromItsFlag(fault, { args, at, meant });
  }
}

/**
 * The command's own flag. Several commands may have a flag of this name, each with its own description.
 *
 * @param typed with its dashes: `--mode` or `-o`
 */
function flagTyped(typed: string, meant: CommandDescription | undefined): Flag | undefined {
  const own = Object.entries(meant?.flags ?? {});
  return own.find(([name, { short }]) => typed === `--${name}` || typed === `-${short}`)?.[1];
}

/** The error for a flag that this command does not have. If other commands have the flag, the error names them. */
export function unknownFlag(name: string, { args, at, meant, cliSpec }: Place): UsageError {
  if (meant?.name === 'unexpose' && (name === 'all' || name === 'all-namespaces')) {
    const fact = `unknown flag: --${name}${ofCommand(meant)}`;
    return new UsageError('unknown-flag', fact, [unexposeAll(at < 0 ? args : args.toSpliced(at, 1))]);
  }
  if (isAboutPassword(name)) return passwordInArguments(`--${name}`);
  const typed = args[at] ?? '';
  const isLong = typed.startsWith('--');
  const nearest = isLong
    ? nearestOf(name, Object.keys(flagsOf(meant ? [meant] : cliSpec.commands, cliSpec)))
    : undefined;
  const corrected = nearest === undefined ? [] : replaced(args, at, 1, typed.replace(`--${name}`, `--${nearest}`));
  const owners = cliSpec.commands.filter(({ flags }) => Object.hasOwn(flags, name)).map((each) => each.name);
  return new UsageError('unknown-flag', `unknown flag: --${name}${ofCommand(meant)}`, [
    ...(nearest === undefined ? [] : [typedLine(corrected, `did you mean --${nearest}?`)]),
    ...(owners.length > 0 ? [advice(`--${name} is a flag of ${owners.join(', ')}`)] : []),
    ...(nearest === undefined ? [helpOf(meant)] : []),
  ]);
}

/** Whether a user may have typed a password after this flag. */
function isAboutPassword(flag: string): boolean {
  return /^(?:--)?(?:[a-z]+-)?(?:password|passwd|pass)(?:-stdin)?$/.test(flag);
}

/** The error for a password in the arguments. It repeats no argument. */
function passwordInArguments(flag: string): UsageError {
  return new UsageError('password-in-arguments', `${flag} with a value: no argument takes a password`, [
    advice('arguments appear in lists of processes, and in the history of the shell: choose another password'),
    advice('expose --auth basic makes one, and --auth-password-stdin < FILE reads one'),
  ]);
}

/**
 * The suggestion for `unexpose --all`: the command without PORT, which closes all ports of one SkyPilot cluster. It has
 * no `-y`, so it asks the user first.
 */
function unexposeAll(typed: readonly string[]): Cure {
  const args = typed.filter((arg) => !/^(-y|--yes)(=|$)/.test(arg));
  const next = args.indexOf('unexpose') + 1;
  const isNamed = args[next] !== undefined && !args[next].startsWith('-');
  const note = 'unexpose takes one SKYCLUSTER, and closes all of its ports if no PORT is named';
  return typedLine(isNamed ? args : args.toSpliced(next, 0, 'SKYCLUSTER'), note);
}

/**
 * The suggestions for an unknown shorthand. If only one flag of the command begins with this letter, the corrected
 * command has that flag.
 */
function shorthandCures(letter: string, { args, at, meant }: Place): Cure[] {
  const word = args[at]!;
  if (/^-\d/.test(word)) return [advice('a port is a number from 1 to 65535')];
  const candidates = Object.keys(meant?.flags ?? {}).filter((name) => name.startsWith(letter));
  const [only, second] = candidates;
  const near =
    only !== undefined && second === undefined && word.startsWith(`-${letter}`)
      ? [typedLine(replaced(args, at, 1, ...longForm(only, word.slice(2))), `did you mean --${only}?`)]
      : [];
  return [...near, helpOf(meant)];
}

/**
 * The long form of a shorthand: `--port=8888` for `-p8888` or `-p=8888`.
 *
 * @param behind the text after the letter
 */
function longForm(name: string, behind: string): string[] {
  return behind === '' ? [`--${name}`] : [`--${name}=${behind.replace(/^=/, '')}`];
}

function ofCommand(meant: CommandDescription | undefined): string {
  return meant ? ` for "${program} ${meant.name}"` : '';
}

function helpOf(meant: CommandDescription | undefined): Cure {
  if (!meant) return cure(command`kubectl skyports --help`, 'lists the commands');
  const words = `${meant.name} ${meant.usage}`.trim();
  return cure(
    command`kubectl skyports ${meant.name} --help=all`,
    `"${words}" is the usage, and the help lists the flags`,
  );
}
