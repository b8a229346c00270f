import { advice, command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { CommandDescription } from './command-description.ts';
import { nearestOf } from './nearest.ts';
import { replaced, typedLine } from './typed-line.ts';

/** Names of commands in other programs. The values are the commands of this plugin that do the same. */
const synonyms: Readonly<Record<string, readonly string[]>> = {
  status: ['endpoints'],
  list: ['endpoints'],
  get: ['endpoints'],
  describe: ['endpoints', 'doctor'],
  check: ['doctor'],
  diagnose: ['doctor'],
  close: ['unexpose'],
  'port-forward': ['forward'],
};

/** The error for a command that does not exist, with the most likely correction. @param args the arguments of the call */
export function unknownCommand(
  name: string,
  args: readonly string[],
  commands: readonly CommandDescription[],
): UsageError {
  const fact = `unknown command "${name}" for "kubectl skyports"`;
  const at = args.indexOf(name);
  const meant = Object.hasOwn(synonyms, name) ? synonyms[name]! : nearestNames(name, commands);
  const cures = meant.map((each) => typedLine(lineOf(each, args, at), `did you mean "${each}"?`));
  const help = cure(command`kubectl skyports --help`, 'lists the commands');
  return new UsageError('unknown-command', fact, cures.length > 0 ? cures : [help]);
}

function nearestNames(name: string, commands: readonly CommandDescription[]): string[] {
  const nearest = nearestOf(
    name,
    commands.flatMap((each) => [each.name, ...(each.aliases ?? [])]),
  );
  return commands
    .filter((each) => each.name === nearest || each.aliases?.includes(nearest ?? ''))
    .map((each) => each.name);
}

/**
 * The arguments with the corrected name of the command. The typed command may have the form of another program, such as
 * `get endpoints train`.
 */
function lineOf(meant: string, args: readonly string[], at: number): string[] {
  const line = replaced(args, at, 1, meant);
  const next = line[at + 1];
  const isNamedTwice = next !== undefined && ['endpoints', 'endpoint', 'ports', 'port'].includes(next);
  const words = isNamedTwice ? replaced(line, at + 1, 1) : line;
  if (meant !== 'endpoints') return words;
  return words.flatMap((word, i) => (i > at && isBarePort(word, words[i - 1]!) ? ['--port', word] : [word]));
}

function isBarePort(word: string, before: string): boolean {
  return /^\d{1,5}$/.test(word) && !before.startsWith('-');
}

/** The error for `help NAME` with an unknown name. @param known the names of all commands and topics */
export function noHelpFor(about: string, known: readonly string[]): UsageError {
  const nearest = nearestOf(about, known);
  const cures = nearest
    ? [cure(command`kubectl skyports help ${nearest}`, `did you mean "${nearest}"?`)]
    : [advice(`help takes one of ${known.join(', ')}`)];
  return new UsageError('unknown-help-topic', `no help for "${about}"`, cures);
}
