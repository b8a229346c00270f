import { createInterface } from 'node:readline';
import type { System } from '../system.ts';

/** A running `kubectl port-forward`. */
export interface PortForward {
  /** Resolves when kubectl listens on the local port (true), or when it ends before that (false). */
  readonly listening: Promise<boolean>;
  /** Resolves when kubectl has ended, with the last line of its error output; '' if there is none. */
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
 * A free port of this machine for `localhost`: the preferred port if it is free and needs no special right, else any.
 */
export async function freeLocalPort(preferred: number): Promise<number> {
  return (preferred > 1023 ? await tryListening(preferred) : undefined) ?? (await tryListening(0)) ?? 0;
}

/** Listens on a port for a moment. @returns the port; undefined if it is in use */
async function tryListening(port: number): Promise<number | undefined> {
  const { createServer } = await import('node:net');
  // kubectl listens on 127.0.0.1 and ::1. A server on all addresses conflicts with a server on any of them.
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen({ port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}
