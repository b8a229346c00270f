import type { FlagValues } from '../arguments/flag.ts';

/** The flags of `forward`: kubectl port-forward's own. */
export const forwardFlags = {
  address: {
    type: 'list',
    value: 'ADDRESS',
    describe: 'Local addresses to listen on, comma-separated; default: localhost',
  },
  'pod-running-timeout': {
    type: 'string',
    value: 'DURATION',
    describe: 'How long kubectl waits for the Pod to run (1m)',
  },
} as const;

export type ForwardFlagValues = FlagValues<typeof forwardFlags>;

/** test/commands/forward.test.ts runs each. */
export const forwardExamples = [
  {
    line: 'kubectl skyports forward train 8888',
    says: 'Call http://localhost:8888 while this runs, whatever is broken outside',
  },
  { line: 'kubectl skyports forward train 8080:80', says: 'Port 80 of the Pod at port 8080 of this machine' },
] as const;
