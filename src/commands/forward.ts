import { defineCommand } from './command.ts';
import { forwardExamples, forwardFlags } from './forward-flags.ts';

export const forwardCommand = defineCommand({
  name: 'forward',
  group: 'See and open ports',
  connects: true,
  words: ['sky-cluster', 'open-port'],
  usage: 'SKYCLUSTER [LOCAL:]PORT...',
  summary: 'Bring ports of the head Pod to this machine, by kubectl port-forward',
  examples: forwardExamples,
  flags: forwardFlags,
  // Loaded when it runs: no other command should pay for it.
  run: async (...call) => (await import('./run-forward.ts')).runForward(...call),
});
