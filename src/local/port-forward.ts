import { createInterface } from 'node:readline';
import type { System } from '../system.ts';

/** A running `kubectl port-forward`. */
export interface PortForward {
  /** Resolves to true when kubectl listens on the local port, and to false if it ends before that. */
  readonly listening: Promise<boolean>;
  /** Resolves when kubectl has ended, to the last line of its error output; '' if there is none. */
  readonly ended: Promise<string>;
  /** Ends kubectl, and resolves when it has ended. */
  stop(): Promise<void>;
}

/** How long kubectl has to end after SIGTERM, in milliseconds. */
const stopMs = 2000;

/**
 * A script that runs its arguments as a command, and ends the command when standard input is closed. The system closes
 * standard input also if this process is killed by SIGKILL, and so cannot end kubectl itself.
 *
 * Nothing is written to standard input, so `read` returns at its end. A background command has no standard input in
 * POSIX, so descriptor 3 is a copy. Ctrl-C reaches the script too, which must live longer than the command to wait for
 * it. Bash reports a command that a signal ended, so the script itself prints nothing.
 */
const untilInputCloses = `trap '' INT
exec 3<&0 </dev/null
"$@" 3<&- & command=$!
{ read -r line <&3; kill "$command"; sleep ${stopMs / 1000}; kill -9 "$command"; } >/dev/null 2>&1 & watcher=$!
exec >/dev/null 2>&1
wait "$command"; code=$?
kill "$watcher"
exit "$code"`;

/**
 * Starts `kubectl port-forward`. It ends together with this process, however this process ends. Windows has no `sh`, so
 * kubectl outlives a killed process there.
 *
 * @param onError receives each line of kubectl's error output
 */
export async function startPortForward(
  kubectl: string,
  args: readonly string[],
  { env, platform }: Pick<System, 'env' | 'platform'>,
  onError: (line: string) => void,
): Promise<PortForward> {
  const { spawn } = await import('node:child_process');
  const [file, words] =
    platform === 'win32' ? [kubectl, args] : ['/bin/sh', ['-c', untilInputCloses, 'sh', kubectl, ...args]];
  const child = spawn(file, words, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...env } });
  let last = '';
  createInterface({ input: child.stderr }).on('line', (line) => {
    last = line;
    onError(line);
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(last));
  });
  const listening = new Promise<boolean>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('Forwarding from ')) resolve(true);
    });
    ended.then(() => resolve(false));
  });
  return {
    listening,
    ended,
    stop: async () => {
      child.stdin.end();
      if (platform === 'win32') child.kill();
      await ended;
    },
  };
}

/**
 * A free port of this machine, for `localhost`. It is the preferred port, if this port is free and above 1023.
 * Otherwise, it is any free port.
 */
export async function freeLocalPort(preferred: number): Promise<number> {
  return (preferred > 1023 ? await tryListening(preferred) : undefined) ?? (await tryListening(0)) ?? 0;
}

/**
 * Listens on a port for a moment.
 *
 * @returns the port; undefined if another program uses it
 */
async function tryListening(port: number): Promise<number | undefined> {
  const { createServer } = await import('node:net');
  // kubectl listens on 127.0.0.1 and ::1. Listen on all addresses: this fails if another program listens on any of
  // them.
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen({ port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
