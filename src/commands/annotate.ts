import { annotateExamples, annotateFlags } from './annotate-flags.ts';
import { defineCommand } from './command.ts';

export const annotateCommand = defineCommand({
  name: 'annotate',
  group: 'Find what is broken, and fix it',
  connects: true,
  words: [],
  usage: '[ADDRESS]',
  summary: 'Tell SkyPilot which address its ingress controller has',
  examples: annotateExamples,
  flags: annotateFlags,
  // Loaded when it runs: no other command should pay for it.
  run: async (...call) => (await import('./run-annotate.ts')).runAnnotate(...call),
});
