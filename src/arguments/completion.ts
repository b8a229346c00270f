import { type CommandDescription, commandCalled, operandAfter } from './command-description.ts';
import type { Completable, Flag, Flags } from './flag.ts';
import { normalizeArguments } from './normalize.ts';

/** The kind of text to complete at the cursor. */
export type Completion =
  | { readonly of: 'command' }
  /** A word after `help`. `words` are the words between `help` and the cursor. */
  | { readonly of: 'help'; readonly words: readonly string[] }
  | { readonly of: 'flag'; readonly command: CommandDescription | undefined }
  | {
      readonly of: 'value';
      readonly command: CommandDescription;
      /** The operands of the command before the cursor. */
      readonly operands: readonly string[];
      readonly what: Completable | readonly string[];
      /** The part of the value that is already typed. */
      readonly typed: string;
      /** The flags on the command line, with their values. For a repeated flag, this is the last value. */
      readonly flags: ReadonlyMap<string, string>;
    };

/** All commands and flags of the plugin. */
export interface CliSpec {
  readonly commands: readonly CommandDescription[];
  readonly connectionFlags: Flags;
  readonly generalFlags: Flags;
}

/**
 * Finds the kind of text to complete at the cursor.
 *
 * @param before the words before the cursor, without the program's name
 * @param typed the beginning of the word at the cursor; may be empty
 * @returns undefined if there are no candidates: free text, an unknown command, arguments that cannot be parsed
 */
export function completionAt(before: readonly string[], typed: string, cliSpec: CliSpec): Completion | undefined {
  const known = flagsOf(cliSpec.commands, cliSpec);
  const inline = before.includes('--') ? null : /^(--[^=]+=)(.*)$|^(-[A-Za-z]=)(.*)$/s.exec(typed);
  const head = inline?.[1] ?? inline?.[3];
  const value = inline?.[2] ?? inline?.[4] ?? typed;
  const read = readUntil([...before, `${head ?? ''}${cursor}`], known);
  if (!read) return undefined;
  const { name, flags, operands, flagAtCursor } = read;
  const command = name === undefined ? undefined : commandCalled(name, cliSpec.commands);
  if (flagAtCursor !== undefined) {
    const what = whatIsValue(known[flagAtCursor]!, command, flagAtCursor);
    return command && what ? { of: 'value', command, operands, what, typed: value, flags } : undefined;
  }
  if (head !== undefined) return undefined;
  if (typed.startsWith('-') && !before.includes('--')) return { of: 'flag', command };
  if (name === undefined) return { of: 'command' };
  if (name === 'help') return { of: 'help', words: operands };
  const what = command && operandAfter(command, operands);
  return command && what ? { of: 'value', command, operands, what, typed, flags } : undefined;
}

/**
 * The flags of these commands, the connection flags and the general flags. Several commands may have a flag of the same
 * name. This flag then appears once, with the choices of all these commands.
 */
export function flagsOf(commands: readonly CommandDescription[], { connectionFlags, generalFlags }: CliSpec): Flags {
  const connects = commands.some((command) => command.connects);
  const all: Record<string, Flag> = {};
  for (const [name, flag] of commands.flatMap(({ flags }) => Object.entries(flags))) {
    const choices = [...(all[name]?.choices ?? []), ...(flag.choices ?? [])];
    all[name] = choices.length > 0 ? { ...flag, choices: [...new Set(choices)] } : flag;
  }
  return { ...all, ...(connects ? connectionFlags : {}), ...generalFlags };
}

/** Marks the word at the cursor. No argument can contain this character. */
const cursor = '\0';

interface ReadSoFar {
  readonly name: string | undefined;
  readonly operands: readonly string[];
  readonly flags: ReadonlyMap<string, string>;
  /** The flag whose value is at the cursor; undefined if the cursor is not at a value. */
  readonly flagAtCursor: string | undefined;
}

function readUntil(args: readonly string[], known: Flags): ReadSoFar | undefined {
  let read: ReturnType<typeof normalizeArguments>;
  try {
    read = normalizeArguments(args, known);
  } catch {
    return undefined;
  }
  const [name, ...operands] = read.operands.filter((word) => word !== cursor);
  const atCursor = read.flags.find(({ value }) => value === cursor);
  const typed = read.flags.filter(({ value }) => value !== cursor);
  return {
    name,
    operands,
    flags: new Map(typed.map((flag) => [flag.name, flag.value])),
    flagAtCursor: atCursor?.name,
  };
}

/**
 * What completion offers as the value of a flag. Several commands may have a flag of this name, with different values.
 * So the flag of the typed command is used.
 */
function whatIsValue(flag: Flag, command: CommandDescription | undefined, name: string) {
  const own = (command && Object.hasOwn(command.flags, name) ? command.flags[name] : undefined) ?? flag;
  return own.choices ?? own.completes;
}
