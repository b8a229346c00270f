import type { Argv } from 'yargs';
import type { Flag, Flags } from './arguments/flag.ts';
import { nearestOf } from './arguments/nearest.ts';
import { normalizeArguments } from './arguments/normalize.ts';
import { allCommands } from './commands/all-commands.ts';
import type { Command, ConnectionValues } from './commands/command.ts';
import { connectionFlags } from './commands/connection-flags.ts';
import { Failure } from './errors/failure.ts';
import { UsageError } from './errors/usage-error.ts';
import { terminalText } from './output/terminal-text.ts';
import type { System } from './system.ts';
import { version } from './version.ts';

const programName = 'kubectl skyports';

const generalFlags = {
  help: { type: 'boolean', short: 'h', describe: 'Show help' },
  version: { type: 'boolean', describe: 'Show the version' },
} as const satisfies Flags;

/** Runs the command line of `system` and returns the exit code. The only place where errors end. */
export async function run(system: System): Promise<number> {
  try {
    return await dispatch(system);
  } catch (error) {
    return report(error, system);
  }
}

async function dispatch(system: System): Promise<number> {
  const known: Flags = Object.assign({}, ...allCommands.map(({ flags }) => flags), connectionFlags, generalFlags);
  const { flags, words } = normalizeArguments(system.args, known);
  const given = (name: string) => flags.findLast((flag) => flag.name === name)?.value === 'true';
  const [name, ...rest] = words;
  if (name === undefined || name === 'help') {
    if (given('version')) system.stdout.write(`kubectl-skyports v${version}\n`);
    else system.stdout.write(await helpText(rest[0] === undefined ? undefined : commandNamed(rest[0]), system));
    return 0;
  }
  const command = commandNamed(name);
  if (given('help')) {
    system.stdout.write(await helpText(command, system));
    return 0;
  }
  const own: Flags = { ...command.flags, ...connectionFlags };
  for (const flag of flags) if (!Object.hasOwn(own, flag.name)) throw notOfCommand(flag.name, command);
  const values = await parse(flags, own);
  return command.run(rest, values, values as unknown as ConnectionValues, system);
}

function commandNamed(name: string): Command {
  const command = allCommands.find((each) => each.name === name);
  if (command) return command;
  const nearest = nearestOf(
    name,
    allCommands.map((each) => each.name),
  );
  throw new UsageError(
    `unknown command "${name}" for "${programName}"`,
    nearest ? `did you mean "${programName} ${nearest}"?` : `see ${programName} --help`,
  );
}

function notOfCommand(flag: string, command: Command): UsageError {
  const owners = allCommands.filter(({ flags }) => Object.hasOwn(flags, flag)).map(({ name }) => name);
  const cure =
    owners.length > 0 ? `--${flag} belongs to ${owners.join(', ')}` : `see ${programName} ${command.name} --help`;
  return new UsageError(`unknown flag: --${flag} for "${programName} ${command.name}"`, cure);
}

const parserConfiguration = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'parse-numbers': false,
} as const;

/** The values by type, from arguments that are already in one shape; of a scalar flag given twice the last counts. */
async function parse(flags: readonly { name: string; value: string }[], own: Flags): Promise<Record<string, never>> {
  const last = new Map(flags.map(({ name, value }) => [name, value]));
  const listed = flags.filter(({ name }) => own[name]?.type === 'list');
  const args = [
    ...[...last].filter(([name]) => own[name]?.type !== 'list').map(([name, value]) => `--${name}=${value}`),
  ];
  args.push(...listed.map(({ name, value }) => `--${name}=${value}`));
  const { default: yargs } = await import('yargs');
  const parser = declare(yargs(args), own).parserConfiguration(parserConfiguration).help(false).version(false);
  return (await parser.exitProcess(false).fail(false).parseAsync()) as unknown as Record<string, never>;
}

function declare(parser: Argv, flags: Flags, group?: string): Argv {
  for (const [name, flag] of Object.entries(flags)) {
    parser.option(name, {
      ...yargsType(flag),
      ...(flag.short && flag.short !== name ? { alias: flag.short } : {}),
      ...(group ? { group } : {}),
      describe: flag.value ? `${flag.describe} [${flag.type === 'optional' ? '=' : ''}${flag.value}]` : flag.describe,
    });
  }
  return parser;
}

function yargsType({ type }: Flag): { type: 'boolean' | 'string'; array?: true } {
  if (type === 'boolean') return { type };
  return type === 'list' ? { type: 'string', array: true } : { type: 'string' };
}

async function helpText(command: Command | undefined, system: System): Promise<string> {
  const { default: yargs } = await import('yargs');
  const parser = yargs([])
    .scriptName(programName)
    .help(false)
    .version(false)
    .wrap(Math.min(system.stdout.columns, 120))
    .updateStrings({ 'Options:': 'Flags:' });
  if (command) {
    parser.usage(`${command.summary}.\n\nUsage: ${programName} ${command.name} ${command.usage} [flags]`);
    declare(parser, command.flags, 'Flags:');
    declare(parser, connectionFlags, 'Connection, as in kubectl:');
    for (const { line, says } of command.examples) parser.example(line, says);
  } else {
    parser.usage(
      `Ports of SkyPilot clusters on Kubernetes: see them, open them, find out why they don't answer.\n\nUsage: ${programName} COMMAND [flags]`,
    );
    for (const { name, usage, summary } of allCommands)
      parser.command(`${name} ${usage.replaceAll('...', '..')}`, summary);
    declare(parser, generalFlags, 'Flags:');
    parser.epilogue(`${programName} COMMAND --help shows the flags of a command.`);
  }
  return `${await parser.getHelp()}\n`;
}

function report(error: unknown, system: System): number {
  if (error instanceof UsageError || error instanceof Failure) {
    const cure = error.cure ? `; ${error.cure}` : '';
    system.stderr.write(`error: ${terminalText(`${error.message}${cure}`)}\n`);
    return error.exitCode;
  }
  const { stack, message } = error as Error;
  system.stderr.write(
    `error: ${terminalText(message)}; this is a fault of kubectl-skyports, please report it with what stands below\n${stack}\n`,
  );
  return 1;
}
