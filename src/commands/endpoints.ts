import { defineCommand } from './command.ts';
import { endpointExamples, endpointFlags } from './endpoint-flags.ts';

export const endpointsCommand = defineCommand({
  name: 'endpoints',
  aliases: ['ls', 'ep'],
  group: 'See and open ports',
  connects: true,
  words: ['sky-cluster'],
  usage: '[SKYCLUSTER...] [PORT...]',
  summary: 'List the ports of SkyPilot clusters, where they can be called, and why they cannot',
  examples: endpointExamples,
  flags: endpointFlags,
  // Loaded when it runs: no other command should pay for it.
  run: async (...call) => (await import('./run-endpoints.ts')).runEndpoints(...call),
});
