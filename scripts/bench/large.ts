import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Program } from './measure.ts';
import type { PeakMemory } from './peak-memory.ts';
import { doctorKinds, kinds, type Row } from './rows.ts';
import type { WatchFigures } from './watching.ts';

/** The rows that are measured with 3,000 SkyPilot clusters and 5,000 Services that are none of SkyPilot's. */
export const largeRows: readonly Row[] = [
  {
    id: 'large-endpoints',
    title: '3,000 SkyPilot clusters and 5,000 other Services',
    ours: ['endpoints', '-A'],
    kubectl: ['get', kinds, '-A', '-o', 'wide'],
    limit: 0.3,
    size: 3000,
    mostRounds: 5,
  },
  {
    id: 'large-doctor',
    title: 'the doctor on 3,000 SkyPilot clusters and 5,000 other Services',
    ours: ['doctor', '-A', '--probe=false', '--fail-on=never'],
    kubectl: ['get', doctorKinds, '-A'],
    limit: 0.6,
    mostRounds: 3,
  },
];

/** What else is measured in the same world. */
export interface LargeFigures {
  /** The memory of `endpoints -A`. */
  readonly memory: PeakMemory | undefined;
  /** How long `endpoints -A -o json` takes until its first byte, in milliseconds: the median. */
  readonly firstByteMs: number;
  readonly watching: WatchFigures | undefined;
}

/** The limits of `LargeFigures`, in MiB and milliseconds. */
export const largeLimits = { memory: 300, firstByteMs: 1000 } as const;

/** How long a program takes until the first byte of its output, in milliseconds. */
export async function timeToFirstByte({ file, args, environment }: Program): Promise<number> {
  const begun = performance.now();
  const child = spawn(file, args, { env: environment, stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  const time = performance.now() - begun;
  child.stdout.resume();
  await once(child, 'exit');
  return time;
}
