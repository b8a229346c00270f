import type { FlagValues } from '../../arguments/flag.ts';
import { defineCommand } from '../command.ts';

const openFlags = {
  print: { type: 'boolean', describe: 'Print the URL, and open no browser' },
  probe: {
    type: 'optional',
    value: 'false',
    needsValue: true,
    describe: 'false: call no URL, and always forward the port; also if SKYPORTS_PROBE=false is set',
    choices: ['false'],
  },
} as const;

export type OpenFlagValues = FlagValues<typeof openFlags>;

/** test/commands/open.test.ts runs each example. */
const openExamples = [
  {
    line: 'kubectl skyports open train',
    says: 'Open the app of train in the browser: at its URL if that answers, else through kubectl port-forward',
  },
  { line: 'kubectl skyports open train 8888 --print', says: 'Print the URL, with the token of Jupyter' },
] as const;

export const openCommand = defineCommand({
  name: 'open',
  group: 'See and open ports',
  connects: true,
  operands: ['sky-cluster', 'open-port'],
  usage: 'SKYCLUSTER [PORT]',
  summary: 'Open an app in the browser: at its URL if that answers, else forward its port',
  examples: openExamples,
  flags: openFlags,
});
