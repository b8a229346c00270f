import type { FlagValues } from '../../arguments/flag.ts';
import { defineCommand } from '../command.ts';

const completionFlags = {
  install: {
    type: 'boolean',
    describe:
      'With "completion kubectl": write the script to the file kubectl_complete-skyports, in the folder of kubectl-skyports. Without this flag, only print the script. The tab key waits 1 s for the API server, and then offers no names. On a slow connection, set SKYPORTS_COMPLETION_TIMEOUT=2s',
  },
  dir: {
    type: 'string',
    value: 'FOLDER',
    describe: 'With --install: write the file to this folder of your PATH',
    completes: 'file',
  },
} as const;

export type CompletionFlagValues = FlagValues<typeof completionFlags>;

/** The programs for which `completion` can print a script: kubectl and the shells. */
export const completionTargets = ['kubectl', 'bash', 'zsh', 'fish', 'powershell'] as const;
export type CompletionTarget = (typeof completionTargets)[number];

/** The tests run each example. */
const completionExamples = [
  {
    line: 'kubectl skyports completion kubectl --install',
    says: 'Set up completion of "kubectl skyports <TAB>", in all shells',
  },
  {
    line: 'kubectl skyports completion bash',
    says: 'Complete "kubectl-skyports" in bash, for users who type the hyphen',
  },
] as const;

export const completionCommand = defineCommand({
  name: 'completion',
  group: 'This plugin',
  connects: false,
  operands: [completionTargets],
  usage: `${completionTargets.join('|')}`,
  summary: 'Set up tab completion, for kubectl or for one shell',
  examples: completionExamples,
  flags: completionFlags,
});
