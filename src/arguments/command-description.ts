import type { Completable, Flags } from './flag.ts';

/** The headings of the help, in order. */
export const commandGroups = ['See and open ports', 'Find what is broken, and fix it', 'This plugin'] as const;

/** A kind of names, a list of choices, or the choices for each value of the previous operand. */
export type OperandCandidates = Completable | readonly string[] | ChoicesAfter;
type ChoicesAfter = Readonly<Record<string, readonly string[]>>;

/** The description of a command, for help, reference and completion. */
export interface CommandDescription<F extends Flags = Flags> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly group: (typeof commandGroups)[number];
  /** The words after the command's name in the usage line: `SKYCLUSTER PORT...`. */
  readonly usage: string;
  /** What each subcommand does, by its name and operand. The help shows them below the usage line. */
  readonly subcommands?: Readonly<Record<string, string>>;
  /** The purpose of the command: one sentence, without its full stop. */
  readonly summary: string;
  readonly examples: readonly { readonly line: string; readonly says: string }[];
  /** The command's own flags, without the connection flags. */
  readonly flags: F;
  /** What completion offers for each operand. If the usage ends with dots, the last operand may be repeated. */
  readonly operands: readonly OperandCandidates[];
  /** Whether the command connects to a cluster. If so, it accepts the connection flags. */
  readonly connects: boolean;
}

/**
 * What completion offers after these operands; undefined if the command has no further operand, or its operand has no
 * candidates.
 */
export function operandAfter(
  { operands, usage }: CommandDescription,
  typed: readonly string[],
): Completable | readonly string[] | undefined {
  const repeats = /\.\.\.\]*$/.test(usage);
  const candidates = operands[typed.length] ?? (repeats ? operands.at(-1) : undefined);
  if (candidates === undefined || typeof candidates === 'string' || isList(candidates)) return candidates;
  const previous = typed.at(-1) ?? '';
  return Object.hasOwn(candidates, previous) ? candidates[previous] : undefined;
}

function isList(candidates: readonly string[] | ChoicesAfter): candidates is readonly string[] {
  return Array.isArray(candidates);
}

/** Finds a command by its name or an alias. */
export function commandCalled<C extends Pick<CommandDescription, 'name' | 'aliases'>>(
  word: string,
  commands: readonly C[],
): C | undefined {
  return commands.find(({ name, aliases }) => name === word || aliases?.includes(word));
}
