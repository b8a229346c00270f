import type { FlagValues } from '../../arguments/flag.ts';
import { defineCommand } from '../command.ts';

/** The flags of `forward`. They have the names and meanings of the flags of kubectl port-forward. */
const forwardFlags = {
  address: {
    type: 'list',
    value: 'ADDRESS',
    describe: 'Local addresses to listen on, comma-separated; default: localhost',
  },
  'pod-running-timeout': {
    type: 'string',
    value: 'DURATION',
    describe: 'How long kubectl waits for the Pod to run (default: 1m)',
  },
} as const;

export type ForwardFlagValues = FlagValues<typeof forwardFlags>;

/** test/commands/forward.test.ts runs each example. */
const forwardExamples = [
  {
    line: 'kubectl skyports forward train 8888',
    says: 'While this command runs, the app answers at http://localhost:8888',
  },
  { line: 'kubectl skyports forward train 8080:80', says: 'Use port 8080 of this machine for port 80 of the Pod' },
  { line: 'kubectl skyports forward train 8888 6006', says: 'Forward two ports at once' },
  {
    line: 'kubectl skyports forward train 8888 --address localhost,192.168.7.6',
    says: 'Also listen on the address 192.168.7.6 of this machine, so that other machines can use the port',
  },
] as const;

export const forwardCommand = defineCommand({
  name: 'forward',
  group: 'See and open ports',
  connects: true,
  operands: ['sky-cluster', 'open-port'],
  usage: 'SKYCLUSTER [LOCAL:]PORT...',
  summary: 'Forward ports of the head Pod to this machine, with "kubectl port-forward"',
  examples: forwardExamples,
  flags: forwardFlags,
});
