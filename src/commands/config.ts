import { defineCommand } from './command.ts';
import { configActions, configExamples, configFlags } from './config-flags.ts';

export const configCommand = defineCommand({
  name: 'config',
  group: 'Find what is broken, and fix it',
  connects: true,
  words: [configActions],
  usage: 'get|set-ports MODE|set-annotation KEY=VALUE|scheme SCHEME|check',
  summary: "Read, change and check SkyPilot's own configuration of ports",
  examples: configExamples,
  flags: configFlags,
  // Loaded when it runs: no other command should pay for it.
  run: async (...call) => (await import('./run-config.ts')).runConfig(...call),
});
