import { defineCommand } from './command.ts';
import { exposeExamples, exposeFlags } from './expose-flags.ts';

export const exposeCommand = defineCommand({
  name: 'expose',
  group: 'See and open ports',
  connects: true,
  words: ['sky-cluster', 'port'],
  usage: 'SKYCLUSTER PORT...',
  summary: 'Make ports of a SkyPilot cluster reachable from outside, and print where they answer',
  examples: exposeExamples,
  flags: exposeFlags,
  // Loaded when it runs: no other command should pay for it.
  run: async (...call) => (await import('./run-expose.ts')).runExpose(...call),
});
