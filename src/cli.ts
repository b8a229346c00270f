import { MisreadArgument } from './arguments/argument-fault.ts';
import { commandCalled } from './arguments/command-description.ts';
import { type CliSpec, flagsOf } from './arguments/completion.ts';
import type { Flags } from './arguments/flag.ts';
import { type NormalArguments, normalizeArguments } from './arguments/normalize.ts';
import { allCommands, type CommandName } from './commands/all-commands.ts';
import type { Command, ConnectionValues } from './commands/command.ts';
import { connectionFlags } from './commands/connection/flags.ts';
import { runCommand } from './commands/run-command.ts';
import { Failure } from './errors/failure.ts';
import { UsageError } from './errors/usage-error.ts';
import { withSafeStreams } from './output/streams.ts';
import type { Process, System } from './system.ts';
import { version } from './version.ts';

const generalFlags = {
  help: { type: 'boolean', short: 'h', describe: 'Show help' },
  version: { type: 'boolean', describe: 'Show the version' },
} as const satisfies Flags;

const cliSpec: CliSpec = { commands: allCommands, connectionFlags, generalFlags };

/**
 * The first argument of a completion request. The completion scripts of kubectl and of the shells pass this word
 * (kubectl, pkg/cmd/plugin_completion.go). Users do not type it.
 */
const completionWord = '__complete';

/** Runs the command line of a process and returns the exit code. All errors are caught and printed here. */
export async function run(process: Process): Promise<number> {
  const system = withSafeStreams(process);
  try {
    return await dispatch(system);
  } catch (error) {
    return await report(error, system);
  }
}

async function dispatch(system: System): Promise<number> {
  const [first, ...typed] = system.args;
  if (first === completionWord) {
    const { runComplete } = await import('./commands/completion/run-complete.ts');
    return runComplete(typed, cliSpec, system);
  }
  const { flags, operands } = await readArguments(system.args);
  const given = (name: string) => flags.findLast((flag) => flag.name === name)?.value === 'true';
  const [name, ...rest] = operands;
  if (name === undefined && given('version')) system.stdout.line(`kubectl-skyports v${version}`);
  else if (name === undefined || name === 'help') system.stdout.document(await helpText(rest, system));
  else if (given('help')) system.stdout.document(await helpText([(await commandNamed(name, system)).name], system));
  else return callCommand(await commandNamed(name, system), rest, flags, system);
  return 0;
}

async function callCommand(
  command: Command,
  operands: readonly string[],
  flags: NormalArguments['flags'],
  system: System,
): Promise<number> {
  const own = flagsOf([command], { ...cliSpec, generalFlags: {} });
  for (const flag of flags) if (!Object.hasOwn(own, flag.name)) throw await notOfCommand(flag.name, command, system);
  const values = await parse(flags, own);
  const connection = values as unknown as ConnectionValues;
  try {
    return await runCommand(command.name as CommandName, operands, values as never, connection, system);
  } catch (error) {
    return await report(error, system, connection);
  }
}

/**
 * Parses the arguments of the call.
 *
 * @throws UsageError for an argument that cannot be parsed
 */
async function readArguments(args: readonly string[]): Promise<NormalArguments> {
  try {
    return normalizeArguments(args, flagsOf(allCommands, cliSpec));
  } catch (error) {
    if (!(error instanceof MisreadArgument)) throw error;
    const { misreadError } = await import('./arguments/argument-errors.ts');
    throw misreadError(error, args, cliSpec);
  }
}

async function commandNamed(name: string, { args }: System): Promise<Command> {
  const command = commandCalled(name, allCommands);
  if (command) return command;
  const { unknownCommand } = await import('./arguments/command-errors.ts');
  throw unknownCommand(name, args, allCommands);
}

async function notOfCommand(flag: string, meant: Command, { args }: System): Promise<UsageError> {
  const { unknownFlag } = await import('./arguments/argument-errors.ts');
  const short = allCommands.map(({ flags }) => flags[flag]?.short).find((letter) => letter !== undefined);
  const at = args.findIndex((arg) => arg === `--${flag}` || arg.startsWith(`--${flag}=`) || arg === `-${short}`);
  return unknownFlag(flag, { args, at, meant, cliSpec });
}

const parserConfiguration = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'parse-numbers': false,
} as const;

/**
 * Parses normalized arguments into typed values. If a flag with one value is repeated, the last value counts. Yargs
 * parses the values. Loading yargs takes 9 ms, so it is loaded only if there is a flag with a value.
 */
async function parse(flags: readonly { name: string; value: string }[], own: Flags): Promise<Record<string, never>> {
  const typeOf = (name: string) => own[name]?.type;
  const switches = flags.filter(({ name }) => typeOf(name) === 'boolean');
  const values: Record<string, unknown> = Object.fromEntries(
    switches.map(({ name, value }) => [name, value === 'true']),
  );
  const valued = flags.filter(({ name }) => typeOf(name) !== 'boolean');
  if (valued.length > 0) Object.assign(values, await parseValues(valued, own));
  return values as Record<string, never>;
}

async function parseValues(flags: readonly { name: string; value: string }[], own: Flags): Promise<object> {
  const last = new Map(flags.map(({ name, value }) => [name, value]));
  const isList = (name: string) => own[name]?.type === 'list';
  const args = [
    ...[...last].filter(([name]) => !isList(name)).map(([name, value]) => quoted(name, value)),
    ...flags.filter(({ name }) => isList(name)).map(({ name, value }) => quoted(name, value)),
  ];
  const { default: yargs } = await import('yargs');
  const parser = yargs(args);
  for (const name of last.keys()) parser.option(name, { type: 'string', array: isList(name) });
  parser.parserConfiguration(parserConfiguration).help(false).version(false).exitProcess(false).fail(false);
  return parser.parseAsync();
}

/** Adds a pair of quotes around a value, because yargs removes one pair. Quotes that belong to the value stay. */
function quoted(name: string, value: string): string {
  return `--${name}="${value}"`;
}

/**
 * The text of the help.
 *
 * @param words the name of a command, a topic or an entry of a topic, or a topic and its entry; empty for the program's help
 */
async function helpText([about, more]: readonly string[], system: System): Promise<string> {
  const { renderCommandHelp, renderProgramHelp, renderTopic } = await import('./output/help-text.ts');
  const { helpTopics } = await import('./commands/help-topics.ts');
  const contents = { ...cliSpec, topics: helpTopics };
  const { columns } = system.stdout;
  if (about === undefined) return `${renderProgramHelp(contents, columns)}\n`;
  const command = commandCalled(about, allCommands);
  if (command) return `${renderCommandHelp(command, contents, columns)}\n`;
  const topic = helpTopics.find(({ name }) => name === about);
  const { noHelpFor } = await import('./arguments/command-errors.ts');
  if (topic?.entries && more !== undefined) {
    const { names, helpFor } = await topic.entries();
    const help = helpFor(more);
    if (help === undefined) throw noHelpFor(more, names);
    return `${help}\n`;
  }
  if (topic) {
    const loaded = (await topic.load?.()) ?? [];
    return `${renderTopic({ ...topic, paragraphs: [...topic.paragraphs, ...loaded] }, columns)}\n`;
  }
  for (const { entries } of helpTopics) {
    const help = (await entries?.())?.helpFor(about);
    if (help !== undefined) return `${help}\n`;
  }
  throw noHelpFor(
    about,
    [...allCommands, ...helpTopics].map(({ name }) => name),
  );
}

/**
 * Prints an error with its suggestions, and returns the exit code.
 *
 * @param values the connection flags of this call, which are added to the suggested commands
 */
async function report(error: unknown, { stderr }: System, values: Partial<ConnectionValues> = {}): Promise<number> {
  if (error instanceof UsageError || error instanceof Failure) {
    stderr.line(`error: ${error.message}`);
    for (const line of error instanceof Failure ? error.details : []) stderr.line(line);
    if (error.cures.length === 0) return error.exitCode;
    // Load these modules only here, because a call without an error does not need them.
    const [{ cureLines }, { curesForThisConnection, curesInNamespace }] = await Promise.all([
      import('./output/cure-lines.ts'),
      import('./commands/connection/cures.ts'),
    ]);
    const cures = curesForThisConnection(curesInNamespace(error.cures, values.namespace), values);
    for (const line of cureLines(cures)) stderr.line(line);
    return error.exitCode;
  }
  const { stack = '', message } = error as Error;
  stderr.line(`error: ${message}; this is a bug in kubectl-skyports, please report it with the text below`);
  stderr.document(`${stack}\n`);
  return 1;
}
