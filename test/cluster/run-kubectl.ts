import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cluster } from './current-cluster.ts';

/** What a program did. */
export interface Outcome {
  /** The exit code; 128 + 9 and the like when a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KubectlOptions {
  /** A kubeconfig file; default: the admin's. */
  readonly kubeconfig?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What kubectl reads from its standard input. */
  readonly input?: string;
  /** Ends kubectl (SIGTERM) when it is aborted. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the real kubectl. It sees a home folder of the test run instead of the user's,
 * so neither reads the user's settings nor fills the user's cache. Runs it again if it gave up reading the API server's
 * resources or schema: it does so after 32 s, and before it has written anything.
 */
export async function kubectl(args: readonly string[], options: KubectlOptions = {}): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await runOnce(args, options);
    if (attempt === mostAttempts || outcome.code === 0 || !gaveUpReading.test(outcome.stderr)) return outcome;
  }
}

const mostAttempts = 5;

/** In k8s.io/client-go, discovery/discovery_client.go has the limit of 32 s (`defaultTimeout`). */
const gaveUpReading = /[?&]timeout=32s": (context deadline exceeded|net\/http: request canceled)/;

async function runOnce(args: readonly string[], options: KubectlOptions): Promise<Outcome> {
  const { adminKubeconfig, temporaryFolder, kubectl: file } = cluster();
  const home = join(temporaryFolder, 'home');
  const env = { ...process.env, HOME: home, KUBECONFIG: options.kubeconfig ?? adminKubeconfig, ...options.env };
  const child = spawn(file, args, {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.signal && { signal: options.signal }),
  });
  // It may end without reading all of its input.
  child.stdin.on('error', () => {}).end(options.input ?? '');
  const code = new Promise<number>((resolve, reject) => {
    child.once('error', (error) => error.name !== 'AbortError' && reject(error));
    child.once('close', (status, signal) => resolve(status ?? (signal === null ? 1 : 137)));
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}
