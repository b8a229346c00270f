import { type ArgumentFault, MisreadArgument } from './argument-fault.ts';
import type { Flag, Flags } from './flag.ts';

/** Normalized arguments: the flags with their values, and all other words in order. */
export interface NormalArguments {
  readonly flags: readonly { readonly name: string; readonly value: string }[];
  readonly operands: readonly string[];
}

/**
 * Parses arguments with pflag's rules, as kubectl does. Flags can stand before, between and after the other words, in
 * these forms: `-n x`, `-nx`, `-n=x`, `-Aw`, `--flag value`, `--flag=value`. Nothing after `--` is a flag.
 *
 * @throws MisreadArgument for an unknown flag, for a missing or invalid value, and for `--wait 60s` instead of
 * `--wait=60s`
 */
export function normalizeArguments(args: readonly string[], known: Flags): NormalArguments {
  const flags: { name: string; value: string }[] = [];
  const operands: string[] = [];
  const rest = [...args];
  let at = 0;
  const fail: Fail = (fault) => {
    throw new MisreadArgument(fault, at, operands[0]);
  };
  const take: Take = (name, flag, inline, typed) => {
    flags.push({ name, value: flagValue({ flag, inline, rest, typed, fail }) });
  };
  while (rest.length > 0) {
    at = args.length - rest.length;
    const word = rest.shift()!;
    if (word === '--') operands.push(...rest.splice(0));
    else if (word.startsWith('--')) {
      const [, name, inline] = /^--([^=]*)(?:=(.*))?$/s.exec(word)!;
      const flag = Object.hasOwn(known, name!) ? known[name!] : undefined;
      take(name!, flag ?? fail({ kind: 'unknown-flag', name: name! }), inline, `--${name}`);
    } else if (word.startsWith('-') && word !== '-') readShorthands(word, known, take, fail);
    else operands.push(word);
  }
  return { flags, operands };
}

type Take = (name: string, flag: Flag, inline: string | undefined, typed: string) => void;
type Fail = (fault: ArgumentFault) => never;

function readShorthands(word: string, known: Flags, take: Take, fail: Fail): void {
  let letters = word.slice(1);
  while (letters !== '') {
    const letter = letters[0]!;
    letters = letters.slice(1);
    const [name, flag] =
      Object.entries(known).find(([, { short }]) => short === letter) ?? fail({ kind: 'unknown-shorthand', letter });
    const inline = letters.startsWith('=') ? letters.slice(1) : undefined;
    if (inline !== undefined || flag.type === 'boolean' || flag.type === 'optional') {
      take(name, flag, inline, `-${letter}`);
      if (inline !== undefined) return;
    } else {
      take(name, flag, letters === '' ? undefined : letters, `-${letter}`);
      return;
    }
  }
}

interface FlagText {
  readonly flag: Flag;
  readonly inline: string | undefined;
  /** The arguments after the flag. If the next argument is the value of the flag, it is not among them. */
  readonly rest: string[];
  readonly typed: string;
  readonly fail: Fail;
}

function flagValue({ flag, inline, rest, typed, fail }: FlagText): string {
  if (flag.type === 'boolean')
    return booleanText(inline ?? 'true') ?? fail({ kind: 'no-boolean', typed, value: inline! });
  if (inline !== undefined) return inline;
  if (flag.type === 'optional') {
    const [next] = rest;
    if (next !== undefined && isValueApart(next, flag)) fail({ kind: 'value-apart', typed, flag, value: next });
    return '';
  }
  return rest.shift() ?? fail({ kind: 'no-value', typed, flag });
}

/**
 * Whether the next word was probably meant as the value of the flag, as in `--wait 60s`. Without `=`, that word would
 * count as a name or a port.
 */
function isValueApart(word: string, { value, choices = [] }: Flag): boolean {
  if (value === 'DURATION') return /^-?[.\d]+[a-z\u00b5.\d]*$/.test(word);
  return choices.includes(word);
}

function booleanText(value: string): string | undefined {
  if (/^(1|t|true)$/i.test(value)) return 'true';
  return /^(0|f|false)$/i.test(value) ? 'false' : undefined;
}
