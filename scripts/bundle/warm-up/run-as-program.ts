import { setTimeout as sleep } from 'node:timers/promises';

/** What a run left behind. */
export interface Outcome {
  readonly exitCode: number | undefined;
  readonly output: string;
}

const patienceMs = 20_000;

/**
 * Lets `start` believe that this process is its own: arguments, environment, streams, exit code.
 * It has ended when it has set `process.exitCode`, as src/main.ts does last.
 */
export async function runAsProgram(
  start: () => void,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const { argv, env, exit } = process;
  const streams = [process.stdout, process.stderr];
  let output = '';
  process.argv = [process.execPath, process.execPath, ...args];
  process.env = { ...environment };
  process.exitCode = undefined;
  process.exit = ((code) => {
    process.exitCode = code ?? 0;
  }) as typeof process.exit;
  for (const stream of streams) {
    stream.write = ((text: string) => {
      output += text;
      return true;
    }) as typeof stream.write;
  }
  try {
    start();
    const endsAt = Date.now() + patienceMs;
    while (process.exitCode === undefined && Date.now() < endsAt) await sleep(5);
    return { exitCode: process.exitCode as number | undefined, output };
  } finally {
    Object.assign(process, { argv, env, exit, exitCode: undefined });
    // The methods of the class come back, and so do its listeners: none.
    for (const stream of streams) Reflect.deleteProperty(stream, 'write');
    for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal);
    process.stdout.removeAllListeners('error');
  }
}
