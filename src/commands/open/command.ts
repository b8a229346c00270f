import type { FlagValues } from '../../arguments/flag.ts';
import { defineCommand } from '../command.ts';

const openFlags = {
  print: { type: 'boolean', describe: 'Print the URL instead of opening a browser' },
  probe: {
    type: 'optional',
    value: 'false',
    needsValue: true,
    describe:
      'false: call no URL, and always use "kubectl port-forward". The variable SKYPORTS_PROBE=false has the same effect',
    choices: ['false'],
  },
} as const;

export type OpenFlagValues = FlagValues<typeof openFlags>;

/** test/commands/open.test.ts runs each example. */
const openExamples = [
  {
    line: 'kubectl skyports open train',
    says: 'Open the app of the SkyPilot cluster "train" in the browser',
  },
  { line: 'kubectl skyports open train 8888 --print', says: 'Print the URL. For Jupyter, the URL contains the token' },
] as const;

export const openCommand = defineCommand({
  name: 'open',
  group: 'See and open ports',
  connects: true,
  operands: ['sky-cluster', 'open-port'],
  usage: 'SKYCLUSTER [PORT]',
  summary: 'Open an app in the browser. If its URL does not answer, use "kubectl port-forward"',
  examples: openExamples,
  flags: openFlags,
});
