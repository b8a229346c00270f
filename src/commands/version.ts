import { defineCommand } from './command.ts';
import { versionExamples, versionFlags } from './version-flags.ts';

export const versionCommand = defineCommand({
  name: 'version',
  group: 'This plugin',
  connects: true,
  words: [],
  usage: '',
  summary: 'Show the version of the plugin and, when it can be reached, of the API server',
  examples: versionExamples,
  flags: versionFlags,
  // Loaded when it runs: no other command should pay for it.
  run: async (...call) => (await import('./run-version.ts')).runVersion(...call),
});
