import { isWrite, objectNameOf, type SeenRequest } from './delaying-proxy.ts';
import type { KilledRun } from './killed-run.ts';

/** What a run promises after SIGINT or SIGTERM. */
export const signalPromises = {
  begins: 'no write begins after the signal',
  awaits: 'a write that has begun is awaited, and named in the output',
  code: 'the exit code is 130 after SIGINT and 143 after SIGTERM',
} as const;

export type SignalPromise = keyof typeof signalPromises;

/** The promises that a run broke, and how. No answer was handed back to it from the signal until it had handled this. */
export function brokenPromises(
  { code, endedBySignal, signalledAt = 0, handledAt = Number.POSITIVE_INFINITY, endedAt, output }: KilledRun,
  requests: readonly SeenRequest[],
  expectedCode: 130 | 143,
): Partial<Record<SignalPromise, string>> {
  const writes = requests.filter(isWrite);
  const late = writes.filter(({ arrivedAt }) => arrivedAt > handledAt);
  const open = writes.filter(({ answeredAt = Number.POSITIVE_INFINITY }) => answeredAt > endedAt);
  const unnamed = writes.filter((write) => !isNamed(objectNameOf(write), output));
  const broken = {
    begins: late.map((write) => `${lineOf(write)} began after the signal`),
    awaits: [
      ...open.map((write) => `${lineOf(write)} was not awaited`),
      ...unnamed.map((write) => `${lineOf(write)} is not in the output ${JSON.stringify(output)}`),
    ],
    code: code === expectedCode && !endedBySignal ? [] : [`exit code ${code}${endedBySignal ? ' by the signal' : ''}`],
  };
  // It had not yet asked for anything, or had all its answers: then Node may end before it hands on the signal.
  const isIdle = requests.every(({ answeredAt = Number.POSITIVE_INFINITY }) => answeredAt <= signalledAt);
  if (isIdle && (code === 0 || (code === expectedCode && endedBySignal))) broken.code = [];
  const told = Object.entries(broken).filter(([, faults]) => faults.length > 0);
  return Object.fromEntries(told.map(([promise, faults]) => [promise, faults.join(', ')]));
}

/** Whether an object's name stands in a text; one name may be the beginning of another. */
export function isNamed(name: string, text: string): boolean {
  return text.split(/[^a-z0-9-]+/).includes(name);
}

function lineOf({ method, path }: SeenRequest): string {
  return `${method} ${path.replace(/\?.*/, '')}`;
}
