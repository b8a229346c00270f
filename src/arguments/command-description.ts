import type { Completable, Flags } from './flag.ts';

/** The headings of the help, in order. */
export const commandGroups = ['See and open ports', 'Find what is broken, and fix it', 'This plugin'] as const;

/** The description of a command, for help, reference and completion. */
export interface CommandDescription<F extends Flags = Flags> {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly group: (typeof commandGroups)[number];
  /** The words after the command's name in the usage line: `SKYCLUSTER PORT...`. */
  readonly usage: string;
  /** The purpose of the command: one sentence, without its full stop. */
  readonly summary: string;
  readonly examples: readonly { readonly line: string; readonly says: string }[];
  /** The command's own flags, without the connection flags. */
  readonly flags: F;
  /**
   * What completion offers for each operand: a kind of names, or a list of choices. If the usage ends with dots, the
   * last operand may be repeated.
   */
  readonly operands: readonly (Completable | readonly string[])[];
  /** Whether the command connects to a cluster. If so, it accepts the connection flags. */
  readonly connects: boolean;
}

/** What completion offers for the operand at `index`; undefined if the command has no operand there. */
export function positionalAt(
  { operands, usage }: CommandDescription,
  index: number,
): Completable | readonly string[] | undefined {
  const repeats = /\.\.\.\]*$/.test(usage);
  return operands[index] ?? (repeats ? operands.at(-1) : undefined);
}

/** Finds a command by its name or an alias. */
export function commandCalled<C extends Pick<CommandDescription, 'name' | 'aliases'>>(
  word: string,
  commands: readonly C[],
): C | undefined {
  return commands.find(({ name, aliases }) => name === word || aliases?.includes(word));
}
