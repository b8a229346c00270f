import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { median, type Program, roundRobin } from './measure.ts';
import { type PeakMemory, peakMemory } from './peak-memory.ts';
import type { Row } from './rows.ts';

/** The paths of both programs, and the server that they call. */
export interface Contestants {
  readonly executable: string;
  readonly kubectl: string;
  readonly kubeconfig: string;
  readonly deadKubeconfig: string;
  /** A home directory for the runs only, so that no user's settings apply and kubectl's discovery is cached. */
  readonly home: string;
}

/** Medians of the times, in milliseconds, and of the ratios of consecutive runs. */
export interface Comparison {
  readonly row: Row;
  readonly ours: number;
  readonly kubectl: number;
  readonly ratio: number;
}

/** Measures a row. */
export async function compare(row: Row, rounds: number, contestants: Contestants): Promise<Comparison> {
  const environment = environmentFor(contestants, row.deadPort ? contestants.deadKubeconfig : contestants.kubeconfig);
  const exitCode = row.deadPort ? 1 : 0;
  const [ours, kubectl] = await roundRobin(
    [
      { file: contestants.executable, args: row.ours, environment, exitCode },
      { file: contestants.kubectl, args: row.kubectl, environment, exitCode },
    ],
    Math.min(rounds, row.mostRounds ?? rounds),
  );
  const ratio = median(ours!.map((time, round) => time / kubectl![round]!));
  return { row, ours: median(ours!), kubectl: median(kubectl!), ratio };
}

/**
 * The shortest time and the highest memory of a call of the plugin; default: `endpoints -A`. Other load on the machine
 * only adds time.
 */
export async function measureAlone(
  rounds: number,
  contestants: Contestants,
  args: readonly string[] = ['endpoints', '-A'],
): Promise<{ time: number; memory: PeakMemory | undefined }> {
  const program: Program = {
    file: contestants.executable,
    args,
    environment: environmentFor(contestants, contestants.kubeconfig),
  };
  const [times] = await roundRobin([program], rounds);
  return { time: Math.min(...times!), memory: await highestMemory(program) };
}

const memoryRuns = 3;

async function highestMemory(program: Program): Promise<PeakMemory | undefined> {
  let highest: PeakMemory | undefined;
  for (let run = 0; run < memoryRuns; run++) {
    const peak = await peakMemory(program);
    if (peak && peak.resident > (highest?.resident ?? 0)) highest = peak;
  }
  return highest;
}

/** A minimal environment: variables such as NODE_EXTRA_CA_CERTS add 10 ms to Node's start. */
export function environmentFor({ home }: Contestants, kubeconfig: string): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: home, KUBECONFIG: kubeconfig };
}

/** The same programs with a kubeconfig that leads to another port, where a relay listens. */
export function throughPort(contestants: Contestants, port: string, relayPort: string): Contestants {
  const kubeconfig = join(contestants.home, `relay-${relayPort}.kubeconfig`);
  writeFileSync(kubeconfig, readFileSync(contestants.kubeconfig, 'utf8').replaceAll(`:${port}`, `:${relayPort}`));
  return { ...contestants, kubeconfig };
}
