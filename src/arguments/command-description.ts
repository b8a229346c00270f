import type { Completable, Flags } from './flag.ts';

/** Headings of the help, in order. */
export const commandGroups = ['See and open ports', 'Find what is broken, and fix it', 'This plugin'] as const;

/** What help, reference and completion need to know about a command. */
export interface CommandDescription<F extends Flags = Flags> {
  readonly name: string;
  /** Other names of the command. */
  readonly aliases?: readonly string[];
  readonly group: (typeof commandGroups)[number];
  /** What follows the name in the usage line: `SKYCLUSTER PORT...`. */
  readonly usage: string;
  /** One sentence, without its full stop. */
  readonly summary: string;
  readonly examples: readonly { readonly line: string; readonly says: string }[];
  /** Its own flags, without the connection flags. */
  readonly flags: F;
  /** What its operands are: names to look up, or a choice. The last one repeats if the usage ends with dots. */
  readonly operands: readonly (Completable | readonly string[])[];
  /** Whether it connects to a cluster, and so takes the connection flags. */
  readonly connects: boolean;
}

/** What the word at `index` is; undefined if no word is expected. */
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
