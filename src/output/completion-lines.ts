import { cut, terminalText } from './terminal-text.ts';

/** Something to offer. */
export interface Candidate {
  readonly value: string;
  readonly describe?: string;
}

/**
 * What a completion offers, as kubectl reads it from `kubectl_complete-skyports`: a line each, a tab before the
 * description, and in the end a number (spf13/cobra, ShellCompDirective): 4 offers no files, 2 sets no space behind.
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
 * Whether a shell takes a word as it is, wherever it stands: a shell inserts what is offered, and the next Enter runs it. Flags
 * of ours (`--mode=`) and names of contexts such as `arn:aws:eks:us-west-2:1:cluster/prod` and `admin@prod` are such words.
 */
function isPlainWord(word: string): boolean {
  return word.length <= 253 && /^(--?)?[A-Za-z0-9_][A-Za-z0-9._:/@-]*=?$/.test(word);
}
