import { cut, terminalText } from './terminal-text.ts';

/** A word that completion offers. */
export interface Candidate {
  readonly value: string;
  readonly describe?: string;
}

/**
 * The output of `kubectl_complete-skyports` for kubectl: one line for each candidate, with a tab before its
 * description. The last line is a colon and a number (spf13/cobra, ShellCompDirective): 4 offers no file names, 2 adds
 * no space after the word, and 6 means both.
 */
export function completionLines(candidates: readonly Candidate[], typed: string, files = false): string {
  const offered = candidates.filter(({ value }) => isPlainWord(value) && value.startsWith(typed));
  const lines = offered.map(({ value, describe }) =>
    describe ? `${value}\t${terminalText(cut(describe, 200))}` : value,
  );
  const unfinished = offered.some(({ value }) => value.endsWith('='));
  return [...lines, `:${(files ? 0 : 4) + (unfinished ? 2 : 0)}`, ''].join('\n');
}

/**
 * Whether a word needs no quotes in any shell. A shell inserts the candidate into the line, and Enter then runs the
 * line. The flags of this plugin (`--mode=`) need no quotes. Nor do context names such as
 * `arn:aws:eks:us-west-2:1:cluster/prod` and `admin@prod`.
 */
function isPlainWord(word: string): boolean {
  return word.length <= 253 && /^(--?)?[A-Za-z0-9_][A-Za-z0-9._:/@-]*=?$/.test(word);
}
