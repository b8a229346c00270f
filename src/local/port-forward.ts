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
 * Starts `kubectl port-forward`.
 *
 * @param onError receives each line of kubectl's error output
 */
export async function startPortForward(
  kubectl: string,
  args: readonly string[],
  { env }: Pick<System, 'env'>,
  onError: (line: string) => void,
): Promise<PortForward> {
  const { spawn } = await import('node:child_process');
  const child = spawn(kubectl, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...env } });
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
      child.kill('SIGTERM');
      const harder = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await ended;
      clearTimeout(harder);
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
