import { resolve } from 'node:path';
import { runSkyStatus, type StatusRun } from '../../test/interop/run-sky-status.ts';
import { installSkyPilot } from '../../test/interop/skypilot.ts';
import { median } from './measure.ts';

/** Wall times compared with SkyPilot's own command line: medians, in milliseconds. */
export interface SkyPilotTime {
  readonly mode: string;
  readonly ours: number;
  readonly theirs: number;
}

const rounds = 5;

/** Times `sky status --endpoints` and `endpoints -o sky`. SkyPilot is installed into the cache when it is missing. */
export async function measureSkyPilot(say: (text: string) => void): Promise<SkyPilotTime[]> {
  await installSkyPilot();
  const answers = await runSkyStatus(resolve(import.meta.dirname, '../../dist/kubectl-skyports'), rounds);
  return answers.map(({ mode, skyPilot, skyports }) => {
    const time = { mode, ours: median(times(skyports)), theirs: median(times(skyPilot)) };
    say(`skypilot ${mode}: ${time.ours.toFixed(0)} ms, sky status ${time.theirs.toFixed(0)} ms`);
    return time;
  });
}

const times = (runs: readonly StatusRun[]) => runs.map(({ ms }) => ms);
