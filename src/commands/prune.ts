import { defineCommand } from './command.ts';
import { pruneExamples, pruneFlags } from './prune-flags.ts';

export const pruneCommand = defineCommand({
  name: 'prune',
  group: 'Find what is broken, and fix it',
  connects: true,
  words: [],
  usage: '',
  summary: 'Remove Services and Ingresses that outlived their SkyPilot cluster',
  examples: pruneExamples,
  flags: pruneFlags,
  // Loaded when it runs: no other command should pay for it.
  run: async (...call) => (await import('./run-prune.ts')).runPrune(...call),
});
