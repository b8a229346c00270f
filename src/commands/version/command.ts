import type { FlagValues } from '../../arguments/flag.ts';
import { defineCommand } from '../command.ts';

/** The values of `-o`. */
export const versionFormats = ['json', 'yaml'] as const;

const versionFlags = {
  client: { type: 'boolean', describe: "Don't request the version of the API server" },
  output: { type: 'string', short: 'o', value: 'FORMAT', describe: 'json or yaml', choices: versionFormats },
} as const;

export type VersionFlagValues = FlagValues<typeof versionFlags>;

/** The tests run each example. */
const versionExamples = [
  { line: 'kubectl skyports version', says: 'The versions of the plugin, its Node.js and the API server' },
  {
    line: 'kubectl skyports version --client -o json',
    says: 'The versions of the plugin and its Node.js, as JSON, without a cluster',
  },
] as const;

export const versionCommand = defineCommand({
  name: 'version',
  group: 'This plugin',
  connects: true,
  operands: [],
  usage: '',
  summary: 'Show the versions of the plugin and the API server',
  examples: versionExamples,
  flags: versionFlags,
});
