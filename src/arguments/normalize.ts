import { UsageError } from '../errors/usage-error.ts';
import type { Flag, Flags } from './flag.ts';
import { nearestOf } from './nearest.ts';

/** Arguments in one shape: every flag as `--name=value`, every other word in order. */
export interface NormalArguments {
  readonly flags: readonly { readonly name: string; readonly value: string }[];
  readonly words: readonly string[];
}

/**
 * Reads arguments with pflag's rules, as kubectl does: flags before and after the words, `-n x`, `-nx`, `-n=x`, `-Aw`,
 * `--flag value`, `--flag=value`; what follows `--` is never a flag.
 *
 * @throws UsageError for an unknown flag (with the nearest one) and for a missing value
 */
export function normalizeArguments(args: readonly string[], known: Flags): NormalArguments {
  const flags: { name: string; value: string }[] = [];
  const words: string[] = [];
  const rest = [...args];
  const take = (name: string, flag: Flag, inline: string | undefined, typed: string) => {
    flags.push({ name, value: flagValue(flag, inline, rest, typed) });
  };
  while (rest.length > 0) {
    const word = rest.shift()!;
    if (word === '--') words.push(...rest.splice(0));
    else if (word.startsWith('--')) {
      const [, name, inline] = /^--([^=]*)(?:=(.*))?$/s.exec(word)!;
      take(name!, flagNamed(known, name!), inline, `--${name}`);
    } else if (word.startsWith('-') && word !== '-') readShorthands(word, known, take);
    else words.push(word);
  }
  return { flags, words };
}

type Take = (name: string, flag: Flag, inline: string | undefined, typed: string) => void;

function readShorthands(word: string, known: Flags, take: Take): void {
  let letters = word.slice(1);
  while (letters !== '') {
    const letter = letters[0]!;
    letters = letters.slice(1);
    const [name, flag] = Object.entries(known).find(([, { short }]) => short === letter) ?? [];
    if (!name || !flag) throw unknownShorthand(letter, word);
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

function flagValue(flag: Flag, inline: string | undefined, rest: string[], typed: string): string {
  if (flag.type === 'boolean') return booleanText(inline ?? 'true', typed);
  if (inline !== undefined) return inline;
  if (flag.type === 'optional') return '';
  const next = rest.shift();
  if (next === undefined) {
    throw new UsageError(`flag needs an argument: ${typed}`, `write ${typed} ${flag.value ?? 'VALUE'}`);
  }
  return next;
}

function booleanText(value: string, typed: string): string {
  if (/^(1|t|true)$/i.test(value)) return 'true';
  if (/^(0|f|false)$/i.test(value)) return 'false';
  throw new UsageError(`${typed}=${value}: neither true nor false`, `write ${typed} or ${typed}=false`);
}

function flagNamed(known: Flags, name: string): Flag {
  const flag = Object.hasOwn(known, name) ? known[name] : undefined;
  if (flag) return flag;
  const nearest = nearestOf(name, Object.keys(known));
  throw new UsageError(
    `unknown flag: --${name}`,
    nearest ? `did you mean --${nearest}?` : 'see kubectl skyports --help',
  );
}

function unknownShorthand(letter: string, word: string): UsageError {
  const cure = /^-\d/.test(word) ? 'a port is a number from 1 to 65535' : 'see kubectl skyports --help';
  return new UsageError(`unknown shorthand flag: '${letter}' in ${word}`, cure);
}
