import { run } from './cli.ts';
import type { System, TextOutput } from './system.ts';

const interruption = new AbortController();

const used = new Set<NodeJS.WriteStream>();

/** Pipes and terminals are written behind our back on some platforms. */
function flushed(stream: NodeJS.WriteStream): Promise<unknown> | undefined {
  return stream.writableLength > 0 ? new Promise((resolve) => stream.write('', resolve)) : undefined;
}

function textOutput(stream: NodeJS.WriteStream): TextOutput {
  used.add(stream);
  return {
    write: (text) => {
      stream.write(text);
    },
    isTerminal: stream.isTTY === true,
    columns: stream.columns ?? 80,
  };
}

// Streams cost milliseconds to open: each is taken when it is first used.
const system: System = {
  args: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  get homeDirectory() {
    return process.env.HOME ?? process.env.USERPROFILE ?? process.cwd();
  },
  nodeVersion: process.version,
  platform: process.platform,
  get stdout() {
    return textOutput(process.stdout);
  },
  get stderr() {
    return textOutput(process.stderr);
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
  readInput: async () => {
    const { buffer } = await import('node:stream/consumers');
    return buffer(process.stdin);
  },
  handOver: async (file, args) => {
    const { execve } = process;
    if (execve && process.platform !== 'win32') {
      await Promise.all([...used].map(flushed));
      process.emitWarning = () => {};
      execve.call(process, file, [file, ...args], process.env as Record<string, string>);
    }
    const { spawn } = await import('node:child_process');
    // The terminal's Ctrl-C reaches the child, too: it is the one that ends.
    process.removeListener('SIGINT', interrupt);
    process.on('SIGINT', () => {});
    const child = spawn(file, args, { stdio: 'inherit' });
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
  },
  now: () => new Date(),
  interrupted: interruption.signal,
};

/** 128 + SIGINT, as shells count it. Waits get a moment to end by themselves. */
function interrupt(): void {
  interruption.abort();
  process.exitCode = 130;
  setTimeout(() => process.exit(130), 500).unref();
}
process.once('SIGINT', interrupt);
process.once('SIGTERM', interrupt);

// `| head -1` closes the pipe: that is no error of anyone's.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

run(system).then(async (code) => {
  await Promise.all([...used].map(flushed));
  // Not by waiting for the event loop to run dry: closing kept connections would cost 4 ms.
  process.exit(process.exitCode ?? code);
});
