import type { FlagValues } from '../arguments/flag.ts';

/** The flags of `completion`. */
export const completionFlags = {
  install: {
    type: 'boolean',
    describe: 'With kubectl: write kubectl_complete-skyports beside kubectl-skyports instead of printing it',
  },
  dir: { type: 'string', value: 'FOLDER', describe: 'With --install: another folder of your PATH', completes: 'file' },
} as const;

export type CompletionFlagValues = FlagValues<typeof completionFlags>;

/** What completion can be switched on for. */
export const completionTargets = ['kubectl', 'bash', 'zsh', 'fish', 'powershell'] as const;
export type CompletionTarget = (typeof completionTargets)[number];

/** Each runs in the tests. */
export const completionExamples = [
  { line: 'kubectl skyports completion kubectl --install', says: 'kubectl skyports <TAB>, once and for all shells' },
  { line: 'kubectl skyports completion bash', says: 'A script for kubectl-skyports <TAB>, called without kubectl' },
] as const;
