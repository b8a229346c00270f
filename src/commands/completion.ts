import { defineCommand } from './command.ts';
import { completionExamples, completionFlags, completionTargets } from './completion-flags.ts';

export const completionCommand = defineCommand({
  name: 'completion',
  group: 'This plugin',
  connects: false,
  words: [completionTargets],
  usage: `${completionTargets.join('|')}`,
  summary: 'Switch on completion by the tab key, for kubectl or for one shell',
  examples: completionExamples,
  flags: completionFlags,
  // Loaded when it runs: no other command should pay for it.
  run: async (...call) => (await import('./run-completion.ts')).runCompletion(...call),
});
