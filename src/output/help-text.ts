import { type CommandDescription, commandGroups } from '../arguments/command-description.ts';
import type { Flag, Flags } from '../arguments/flag.ts';
import type { StyledLine } from '../system.ts';
import { styled } from './look.ts';
import { wrapped } from './terminal-text.ts';

const program = 'kubectl skyports';

/** A topic of `help TOPIC`. A paragraph is one line of any length, or several lines that are already in columns. */
export interface HelpTopic {
  readonly name: string;
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** Loads further paragraphs, for a topic with data that no other help page needs. */
  readonly load?: () => Promise<readonly string[]>;
  /** Loads the entries that `help TOPIC ENTRY` and `help ENTRY` explain. */
  readonly entries?: () => Promise<HelpEntries>;
}

/** Parts of a topic that have their own help. */
export interface HelpEntries {
  readonly names: readonly string[];
  /** The help of one entry; undefined if no entry has this name. */
  helpFor(name: string): string | undefined;
}

/** The contents of all help pages. */
export interface HelpContents {
  readonly commands: readonly CommandDescription[];
  readonly topics: readonly HelpTopic[];
  readonly connectionFlags: Flags;
  readonly generalFlags: Flags;
}

/**
 * The help of the program.
 *
 * @param columns the width of the terminal
 */
export function renderProgramHelp({ commands, topics, generalFlags }: HelpContents, columns: number): string {
  const left = leftWidth([...commands, ...topics].map(({ name }) => name));
  const groups = commandGroups.map((group) => {
    const own = commands.filter((command) => command.group === group);
    const rows = own.map(({ name, summary }): [string, string] => [name, `${summary}.`]);
    return section(group, inColumns(rows, left, columns));
  });
  const names = inColumns(
    topics.map(({ name, title }) => [name, `${title}.`]),
    left,
    columns,
  );
  return [
    wrapped(
      "See the ports of SkyPilot clusters on Kubernetes, open them, and find out why they don't answer.",
      Math.min(columns, mostColumns),
    ).join('\n'),
    section('Usage', [`  ${program} COMMAND [flags]`]),
    ...groups,
    section('Help topics', names),
    section('Flags', flagLines(generalFlags, leftOfFlags(generalFlags), columns)),
    wrapped(
      `Type "${program} help recipes" to find the command for a symptom or a task. "${program} COMMAND --help" shows the flags and examples of a command. "${program} help TOPIC" explains a topic.`,
      Math.min(columns, mostColumns),
    ).join('\n'),
  ].join('\n\n');
}

/**
 * The help of one command: its summary, usage and examples, then its flags by group.
 *
 * @param extent `usual` leaves out the flags that few users need, and the connection flags
 */
export function renderCommandHelp(
  command: CommandDescription,
  { connectionFlags }: HelpContents,
  columns: number,
  extent: 'usual' | 'all' = 'usual',
): string {
  const { name, aliases = [], usage, subcommands, summary, examples, connects } = command;
  const all = extent === 'all';
  const shown = Object.entries(command.flags).filter(([, flag]) => all || flag.shown === undefined);
  const left = leftOfFlags({ ...Object.fromEntries(shown), ...(connects && all && connectionFlags) });
  const words = [program, name, usage, '[flags]'].filter((word) => word !== '').join(' ');
  return [
    wrapped(`${summary}.`, Math.min(columns, mostColumns)).join('\n'),
    section('Usage', [`  ${words}`]),
    ...(subcommands
      ? [section('Subcommands', inColumns(Object.entries(subcommands), mostOf(subcommands), columns))]
      : []),
    ...(aliases.length > 0 ? [section('Aliases', [`  ${[name, ...aliases].join(', ')}`])] : []),
    section(
      'Examples',
      examples.flatMap(({ line, says }) => [...commentLines(says, columns), `  ${line}`, '']).slice(0, -1),
    ),
    ...flagGroups(Object.fromEntries(shown)).map(([title, flags]) => section(title, flagLines(flags, left, columns))),
    ...(connects && all ? [section(connectionTitle, flagLines(connectionFlags, left, columns))] : []),
    ...(all ? [] : further(command, columns)),
  ].join('\n\n');
}

/** The width of the longest name. */
const mostOf = (rows: object) => Math.max(...Object.keys(rows).map((name) => name.length));

/** The comment above an example. */
function commentLines(text: string, columns: number): string[] {
  const start = '  # ';
  return wrapped(text, Math.min(columns, mostColumns) - start.length).map((line) => `${start}${line}`);
}

/** The paragraph that says which flags the usual help of a command leaves out. */
function further({ name, flags, connects }: CommandDescription, columns: number): string[] {
  const hidden = Object.entries(flags).filter(([, flag]) => flag.shown !== undefined);
  const more = hidden.length === 1 ? '1 more flag' : `${hidden.length} more flags`;
  const names = hidden.map(([flag]) => `--${flag}`).join(', ');
  const lines = [
    ...(hidden.length > 0 ? [`"${program} ${name} --help=all" explains ${more}: ${names}.`] : []),
    ...(connects ? [`"${program} options" lists the connection flags of kubectl, such as -n and --context.`] : []),
  ].flatMap((line) => wrapped(line, Math.min(columns, mostColumns)));
  return lines.length > 0 ? [lines.join('\n')] : [];
}

const connectionTitle = 'Connection flags, same as kubectl';

/** The flags that each command with a connection accepts, as `kubectl options` prints them. */
export function renderOptions(connectionFlags: Flags, columns: number): string {
  return [
    wrapped(
      'Every command except "completion" and "options" accepts these flags. They mean the same as in kubectl.',
      Math.min(columns, mostColumns),
    ).join('\n'),
    section(connectionTitle, flagLines(connectionFlags, leftOfFlags(connectionFlags), columns)),
  ].join('\n\n');
}

export function renderTopic({ title, paragraphs }: HelpTopic, columns: number): string {
  const width = Math.min(columns, mostColumns);
  return [
    `${title}.`,
    ...paragraphs.map((text) => (text.includes('\n') ? wrappedRows(text, width) : wrapped(text, width).join('\n'))),
  ].join('\n\n');
}

/** The help of an entry, in the width of the terminal. Commands stay on one line. */
export function renderEntry(help: string, columns: number): string {
  const width = Math.min(columns, mostColumns);
  const lines = help.split('\n').map((line) => {
    if (line === '') return '';
    return line.startsWith(' ') ? wrappedRows(line, width) : wrapped(line, width).join('\n');
  });
  return lines.join('\n');
}

/** Wraps rows that have two columns, so that the right column stays a column. Other lines, such as commands, stay whole. */
export function wrappedRows(text: string, width: number): string {
  const lines = text.split('\n').flatMap((line) => {
    const [, left, right] = /^(.*\S {2,})(\S.*)$/.exec(line) ?? [];
    if (left === undefined || right === undefined || line.length <= width) return [line];
    const isWideEnough = width - left.length >= leastRight;
    const indent = ' '.repeat(isWideEnough ? left.length : 6);
    const [first = '', ...rest] = wrapped(right, width - indent.length);
    return [
      ...(isWideEnough ? [`${left}${first}`] : [left.trimEnd(), `${indent}${first}`]),
      ...rest.map((each) => `${indent}${each}`),
    ];
  });
  return lines.join('\n');
}

/** The lines of a help page. Headings are bold on a terminal. */
export function helpLines(text: string): StyledLine[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (/^[A-Z][^".]*:$/.test(line) ? [styled('strong', line)] : line));
}

/** Flags by heading. Flags without a heading come first. */
export function flagGroups(flags: Flags): [title: string, flags: Flags][] {
  const groups = Map.groupBy(Object.entries(flags), ([, { group = '' }]) => group);
  const titled = [...groups].map(([group, entries]): [string, Flags] => [
    group === '' ? 'Flags' : `${group} flags`,
    Object.fromEntries(entries),
  ]);
  return titled.sort(([a], [b]) => Number(b === 'Flags') - Number(a === 'Flags'));
}

/** The syntax of a flag: `-n, --namespace NAMESPACE`, `    --wait[=DURATION]`, `    --probe=WHERE`. */
export function flagUsage(name: string, { type, short, value = 'VALUE', needsValue }: Flag): string {
  const ofOptional = needsValue ? `=${value}` : `[=${value}]`;
  const taken = type === 'boolean' ? '' : type === 'optional' ? ofOptional : ` ${value}`;
  if (short === name) return `-${name}${taken}`;
  return `${short ? `-${short}, ` : '    '}--${name}${taken}`;
}

function flagLines(flags: Flags, left: number, columns: number): string[] {
  const rows = Object.entries(flags).map(([name, flag]): [string, string] => [flagUsage(name, flag), flag.describe]);
  return inColumns(rows, left, columns);
}

function leftOfFlags(flags: Flags): number {
  return leftWidth(Object.entries(flags).map(([name, flag]) => flagUsage(name, flag)));
}

/** The width of the left column for these words. All groups of a page share it. */
function leftWidth(words: readonly string[]): number {
  return Math.min(mostLeft, Math.max(...words.map(({ length }) => length)));
}

function section(title: string, lines: readonly string[]): string {
  return [`${title}:`, ...lines].join('\n');
}

/** The maximum width of help, because longer lines are hard to read. */
const mostColumns = 100;
const mostLeft = 34;
/** The minimum width of the right column. */
const leastRight = 30;
const gap = 3;

/** Arranges rows in two columns. If the left cell is too long, the right cell is on the next line. */
function inColumns(rows: readonly (readonly [string, string])[], left: number, columns: number): string[] {
  const indent = 2 + left + gap;
  return rows.flatMap(([word, text]) => {
    const lines = wrapped(text, Math.max(leastRight, Math.min(columns, mostColumns) - indent));
    const first = word.length > left ? [`  ${word}`] : [`  ${word.padEnd(left + gap)}${lines.shift() ?? ''}`];
    return [...first, ...lines.map((line) => `${' '.repeat(indent)}${line}`)];
  });
}
