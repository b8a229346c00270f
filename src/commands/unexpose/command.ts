import { eitherOf, type FlagValues } from '../../arguments/flag.ts';
import { writtenModes } from '../../exposure/port-mode-names.ts';
import { defineCommand } from '../command.ts';
import { removalFlags } from '../flags/dry-run.ts';

const unexposeFlags = {
  mode: {
    type: 'string',
    value: 'MODE',
    describe: `Only close ports of this mode: ${eitherOf(writtenModes)}`,
    choices: writtenModes,
  },
  ...removalFlags,
} as const;

export type UnexposeFlagValues = FlagValues<typeof unexposeFlags>;

/** The tests run each example. */
const unexposeExamples = [
  { line: 'kubectl skyports unexpose train 8888', says: 'Close one port' },
  { line: 'kubectl skyports unexpose train -y', says: 'Close everything that "expose" opened, without asking' },
] as const;

export const unexposeCommand = defineCommand({
  name: 'unexpose',
  group: 'See and open ports',
  connects: true,
  operands: ['sky-cluster', 'our-port'],
  usage: 'SKYCLUSTER [PORT...]',
  summary: 'Close ports that "expose" opened. Ports that SkyPilot opened stay open',
  examples: unexposeExamples,
  flags: unexposeFlags,
});
