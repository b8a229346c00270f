import { run, sayUncertain } from './cli.ts';
import type { Process, RawOutput } from './system.ts';

const interruption = new AbortController();
let writesUnderWay = 0;
let hasWritten = false;

const used = new Set<NodeJS.WriteStream>();

/**
 * Waits until the buffered text is written. Writes to pipes and terminals may be asynchronous, so an exit could lose
 * text.
 */
function flushed(stream: NodeJS.WriteStream): Promise<unknown> | undefined {
  return stream.writableLength > 0 ? new Promise((resolve) => stream.write('', resolve)) : undefined;
}

function rawOutput(stream: NodeJS.WriteStream): RawOutput {
  used.add(stream);
  return {
    write: (text) => {
      stream.write(text);
    },
    drained: async () => {
      if (!stream.writableNeedDrain || stream.destroyed) return;
      await new Promise<void>((resolve) => {
        const done = () => {
          for (const event of ['drain', 'close']) stream.off(event, done);
          resolve();
        };
        for (const event of ['drain', 'close']) stream.on(event, done);
      });
    },
    isTerminal: stream.isTTY === true,
    // A user may resize the terminal. A terminal of unknown size reports 0 columns.
    get columns() {
      return stream.columns || 80;
    },
  };
}

// Opening a stream takes milliseconds, so open each stream only when it is first used.
const system: Process = {
  args: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  get homeDirectory() {
    return process.env.HOME ?? process.env.USERPROFILE ?? process.cwd();
  },
  nodeVersion: process.version,
  platform: process.platform,
  get stdout() {
    if (!used.has(process.stdout)) process.stdout.on('error', onBrokenPipe);
    return rawOutput(process.stdout);
  },
  get stderr() {
    if (!used.has(process.stderr)) process.stderr.on('error', () => {});
    return rawOutput(process.stderr);
  },
  get stdinIsTerminal() {
    return process.stdin.isTTY === true;
  },
  ask: async (question) => {
    const { createInterface } = await import('node:readline/promises');
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return await lines.question(question, { signal: interruption.signal });
    } finally {
      lines.close();
    }
  },
  readInput: async (mostBytes) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > mostBytes) break;
    }
    return Buffer.concat(chunks);
  },
  handOver: async (file, args) => {
    const { execve } = process;
    if (execve && process.platform !== 'win32') {
      await Promise.all([...used].map(flushed));
      process.emitWarning = () => {};
      execve.call(process, file, [file, ...args], process.env as Record<string, string>);
    }
    const { spawn } = await import('node:child_process');
    // The terminal sends Ctrl-C to the child too. Let the child decide when to exit.
    process.removeListener('SIGINT', onInterrupt);
    process.on('SIGINT', () => {});
    const child = spawn(file, args, { stdio: 'inherit' });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
  },
  now: () => new Date(),
  interrupted: interruption.signal,
  awaitWrite: () => {
    writesUnderWay++;
    hasWritten = true;
    return () => writesUnderWay--;
  },
  holdSignals: () => {
    const received = new AbortController();
    const held = { received: received.signal, exitCode: 0 };
    for (const [signal, exitCode] of [['SIGHUP', 129] as const, ['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
      process.removeAllListeners(signal);
      process.on(signal, () => {
        // A terminal that is closed sends SIGHUP more than once.
        if (held.exitCode !== 0 && signal === 'SIGINT') exitNow(exitCode, hasWritten && 'The ports may still be open');
        if (held.exitCode !== 0) return;
        held.exitCode = exitCode;
        setTimeout(() => process.exit(exitCode), graceMs.held).unref();
        received.abort();
      });
    }
    return held;
  },
};

/**
 * The maximum time from an interruption to the exit, in milliseconds. While writes are under way, it is longer, because
 * the process waits for the API server's answers. It is longest for a command that holds the signals to clean up.
 */
const graceMs = { reading: 500, writing: 5500, held: 60_000 };

/**
 * Stops the process after a signal. The exit code is 128 plus the signal's number, as in shells. A second signal ends
 * the process at once.
 */
function interrupt(exitCode: number): void {
  process.exitCode = exitCode;
  const { reading, writing } = graceMs;
  setTimeout(() => process.exit(exitCode), writesUnderWay > 0 ? writing : reading).unref();
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () =>
      exitNow(exitCode, writesUnderWay > 0 && 'Some changes may have been made. The same command again finishes them'),
    );
  }
  interruption.abort();
}

/** Ends the process at the second signal, and prints what is uncertain then. */
function exitNow(exitCode: number, uncertain: string | false): never {
  if (uncertain) sayUncertain(system, uncertain);
  process.exit(exitCode);
}

const onInterrupt = () => interrupt(130);
process.once('SIGINT', onInterrupt);
process.once('SIGTERM', () => interrupt(143));

// `| head -1` closes the pipe. This is not an error. A command that has begun to change the cluster still runs to its
// end.
function onBrokenPipe(error: NodeJS.ErrnoException): void {
  // After SIGHUP, the terminal no longer exists (EIO).
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  if (!hasWritten) process.exit(0);
}

run(system).then(async (code) => {
  await Promise.all([...used].map(flushed));
  // Exit explicitly. Otherwise, the process would wait 4 ms until its connections are closed.
  process.exit(process.exitCode ?? code);
});
