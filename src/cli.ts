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
import { type ColorChoice, colorChoices, layoutColumns, messageLines } from './output/look.ts';
import { withSafeStreams } from './output/streams.ts';
import type { Process, StyledLine, System } from './system.ts';
import { version } from './version.ts';

const generalFlags = {
  help: {
    type: 'optional',
    short: 'h',
    value: 'all',
    describe: 'Show help. With "=all": show every flag',
    choices: ['all', 'false'],
  },
  version: { type: 'boolean', describe: 'Show the version' },
  color: {
    type: 'string',
    value: 'WHEN',
    describe: 'When to print colours: auto (on a terminal; the default), always or never',
    choices: colorChoices,
  },
} as const satisfies Flags;

const cliSpec: CliSpec = { commands: allCommands, connectionFlags, generalFlags };

/**
 * The first argument of a completion request. The completion scripts of kubectl and of the shells pass this word
 * (kubectl, pkg/cmd/plugin_completion.go). Users do not type it.
 */
const completionWord = '__complete';

/** Runs the command line of a process and returns the exit code. All errors are caught and printed here. */
export async function run(process: Process): Promise<number> {
  const settings = { color: 'auto' as ColorChoice };
  const system = withSafeStreams(process, settings);
  try {
    return await dispatch(system, settings);
  } catch (error) {
    return await report(error, system);
  }
}

/** Prints what is uncertain after a second signal, which ends the process at once. */
export function sayUncertain(process: Process, uncertain: string): void {
  const { stderr } = withSafeStreams(process, { color: 'auto' });
  stderr.line(`error: interrupted twice, before the answers arrived. ${uncertain}`);
}

async function dispatch(system: System, settings: { color: ColorChoice }): Promise<number> {
  const [first, ...typed] = system.args;
  if (first === completionWord) {
    const { runComplete } = await import('./commands/completion/run-complete.ts');
    return runComplete(typed, cliSpec, system);
  }
  const { flags, operands } = await readArguments(system.args);
  const color = flags.findLast((flag) => flag.name === 'color')?.value;
  if (color !== undefined) settings.color = await colorChoiceOf(color, system);
  const own = flags.filter((flag) => flag.name !== 'color');
  const given = (name: string) => flags.findLast((flag) => flag.name === name)?.value;
  const [name, ...rest] = operands;
  const help = given('help') ?? 'false';
  const print = async (words: readonly string[]) => {
    system.stdout.lines(await helpOf(words, system, help === 'all' ? 'all' : 'usual'));
    return 0;
  };
  if (!['', 'true', 'all', 'false'].includes(help)) throw await notOfHelp(help, system);
  if (name === 'help') return print(rest);
  if (help !== 'false') return print(name === undefined ? [] : [(await commandNamed(name, system)).name]);
  if (name !== undefined) return callCommand(await commandNamed(name, system), rest, own, system);
  if (given('version') !== 'true') return greet(own, system);
  system.stdout.line(`kubectl-skyports v${version}`);
  return 0;
}

/**
 * Answers `kubectl skyports` without a command: the list of ports, or the help if no port is open. Other flags than
 * those that choose a namespace and a cluster belong to a command, so the help is the answer.
 */
async function greet(flags: NormalArguments['flags'], system: System): Promise<number> {
  const own: Flags = { ...connectionFlags, 'all-namespaces': { type: 'boolean', describe: '' } };
  const help = () => helpOf([], system, 'usual');
  if (flags.some(({ name }) => !Object.hasOwn(own, name))) {
    system.stdout.lines(await help());
    return 0;
  }
  const values = await parse(flags, own);
  const { runGreeting } = await import('./commands/greeting.ts');
  return runGreeting(values as never, values as never, help, system);
}

async function notOfHelp(value: string, { args }: System): Promise<UsageError> {
  const { unknownValue } = await import('./arguments/one-of.ts');
  return unknownValue(value, ['all', 'true', 'false'], '--help', args);
}

async function colorChoiceOf(text: string, { args }: System): Promise<ColorChoice> {
  const { oneOf } = await import('./arguments/one-of.ts');
  return oneOf(text, colorChoices, '--color', args);
}

async function callCommand(
  command: Command,
  operands: readonly string[],
  flags: NormalArguments['flags'],
  system: System,
): Promise<number> {
  const own = flagsOf([command], { ...cliSpec, generalFlags: {} });
  const foreign = flags.find(({ name }) => name !== 'help' && !Object.hasOwn(own, name));
  if (foreign) throw await notOfCommand(foreign.name, command, system);
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
 * parses the values. It is loaded only if there is a flag with a value.
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
  const { Parser } = await import('yargs/helpers');
  const names = [...last.keys()];
  return Parser(args, { string: names, array: names.filter(isList), configuration: parserConfiguration });
}

/** Adds a pair of quotes around a value, because yargs removes one pair. Quotes that belong to the value stay. */
function quoted(name: string, value: string): string {
  return `--${name}="${value}"`;
}

/** The lines of the help. The parameters are those of `helpText`. */
async function helpOf(words: readonly string[], system: System, extent: 'usual' | 'all'): Promise<StyledLine[]> {
  const { helpLines } = await import('./output/help-text.ts');
  return helpLines(await helpText(words, system, extent));
}

/**
 * The text of the help.
 *
 * @param words the name of a command, a topic or an entry of a topic, or a topic and its entry; empty for the program's help
 * @param extent whether the help of a command contains all of its flags
 */
async function helpText([about, more]: readonly string[], system: System, extent: 'usual' | 'all'): Promise<string> {
  const { renderCommandHelp, renderEntry, renderProgramHelp, renderTopic } = await import('./output/help-text.ts');
  const { helpTopics } = await import('./commands/help-topics.ts');
  const contents = { ...cliSpec, topics: helpTopics };
  const { columns } = system.stdout;
  if (about === undefined) return `${renderProgramHelp(contents, columns)}\n`;
  const command = commandCalled(about, allCommands);
  if (command) return `${renderCommandHelp(command, contents, columns, extent)}\n`;
  const topic = helpTopics.find(({ name }) => name === about);
  const { noHelpFor } = await import('./arguments/command-errors.ts');
  if (topic?.entries && more !== undefined) {
    const { names, helpFor } = await topic.entries();
    const help = helpFor(more);
    if (help === undefined) throw noHelpFor(more, names);
    return `${renderEntry(help, columns)}\n`;
  }
  if (topic) {
    const loaded = (await topic.load?.()) ?? [];
    return `${renderTopic({ ...topic, paragraphs: [...topic.paragraphs, ...loaded] }, columns)}\n`;
  }
  for (const { entries } of helpTopics) {
    const help = (await entries?.())?.helpFor(about);
    if (help !== undefined) return `${renderEntry(help, columns)}\n`;
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
  const columns = layoutColumns(stderr);
  if (error instanceof UsageError || error instanceof Failure) {
    const details = error instanceof Failure ? error.details : [];
    stderr.lines([`error: ${error.message}`, ...details].flatMap((text) => messageLines(text, columns)));
    if (error.cures.length === 0) return error.exitCode;
    // Load these modules only here, because a call without an error does not need them.
    const [{ shownCures }, { curesForThisConnection, curesInNamespace }] = await Promise.all([
      import('./output/cure-lines.ts'),
      import('./commands/connection/cures.ts'),
    ]);
    const cures = curesForThisConnection(curesInNamespace(error.cures, values.namespace), values);
    stderr.lines(shownCures(cures, columns));
    return error.exitCode;
  }
  const { stack = '', message } = error as Error;
  stderr.lines(
    messageLines(`error: ${message}; this is a bug in kubectl-skyports, please report it with the text below`, columns),
  );
  stderr.document(`${stack}\n`);
  return 1;
}
