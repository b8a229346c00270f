import { forgedLine } from './texts.ts';

/** What a terminal obeys: C0 except the line feed, DEL and C1. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to keep out
const controlCharacter = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

/** Unicode's marks that reorder text or end a line. */
const mark = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

// The flag m would also match after U+2028, which is a fault of its own.
const stackTrace = /\n {4}at .*(?:node:|file:|\.[cm]?[jt]s:)|this is a bug in/;

const forged = new RegExp(`(?:^|\n)${forgedLine.split(' ')[0]}`);

/** Lists the faults of a text that a user sees. The list is empty for a harmless text. */
export function faultsIn(text: string): string[] {
  return [
    ...found(controlCharacter, text, 'a control character'),
    ...found(mark, text, 'a mark that reorders or breaks lines'),
    ...found(stackTrace, text, 'a stack trace'),
    ...found(forged, text, 'a forged line'),
  ];
}

function found(pattern: RegExp, text: string, what: string): string[] {
  const match = pattern.exec(text);
  if (!match) return [];
  const beginning = Math.max(0, match.index - 40);
  return [`${what}: …${JSON.stringify(text.slice(beginning, match.index + 40))}…`];
}

/** A word that shells, kubectl and sky read only as a word. */
const plainWord = /^[A-Za-z0-9._][A-Za-z0-9._-]*$/;
/** Names in a kubeconfig often hold an address or an ARN. */
const kubeconfigWord = /^[A-Za-z0-9._:/@][A-Za-z0-9._:/@-]*$/;

/** Lists the faults of an answer of `__complete`, which has plain words and, on its last line, one directive. */
export function completionFaults(stdout: string, of: 'names' | 'kubeconfig'): string[] {
  const lines = stdout.split('\n');
  if (lines.pop() !== '') return ['the last line does not end'];
  const directive = lines.pop() ?? '';
  const word = of === 'names' ? plainWord : kubeconfigWord;
  return [
    ...(/^:\d+$/.test(directive) ? [] : [`no directive: ${JSON.stringify(directive)}`]),
    ...lines.filter((line) => !word.test(line)).map((line) => `no plain word: ${JSON.stringify(line.slice(0, 80))}`),
  ];
}

/** Shortens a list of faults: one cause often has hundreds. */
export function firstOf(faults: readonly string[], most = 12): string[] {
  const rest = faults.length - most;
  return [...faults.slice(0, most), ...(rest > 0 ? [`and ${rest} more`] : [])];
}
