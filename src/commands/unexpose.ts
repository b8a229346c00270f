import { defineCommand } from './command.ts';
import { unexposeExamples, unexposeFlags } from './unexpose-flags.ts';

export const unexposeCommand = defineCommand({
  name: 'unexpose',
  group: 'See and open ports',
  connects: true,
  words: ['sky-cluster', 'our-port'],
  usage: 'SKYCLUSTER [PORT...]',
  summary: 'Take away what expose has made; what SkyPilot made stays',
  examples: unexposeExamples,
  flags: unexposeFlags,
  // Loaded when it runs: no other command should pay for it.
  run: async (...call) => (await import('./run-unexpose.ts')).runUnexpose(...call),
});
