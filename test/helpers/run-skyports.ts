import { run } from '../../src/cli.ts';
import { connectLimits } from '../../src/kubernetes/transport/connecting.ts';
import type { Process } from '../../src/system.ts';
import { cluster } from './cluster.ts';
import { withServersAhead } from './later-server.ts';

/** What one run of the plugin did. */
export interface RunOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Default: the admin's. */
  readonly kubeconfig?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly homeDirectory?: string;
  /** What a user at a terminal types when asked, or what happens then; without it there is no terminal. */
  readonly answer?: string | (() => string);
  /** Set where every address that it may call is on this machine. */
  readonly mayProbe?: boolean;
  /** The exit code of a program that it hands over to; its command line is in stdout. */
  readonly handedOver?: number;
  /** What it reads from standard input. */
  readonly input?: string;
  /** Seconds that its clock, and the server's, are ahead of this machine's; as a function, they may change meanwhile. */
  readonly later?: number | (() => number);
  /** Seconds that the server's clock is ahead of this machine's; default: as `later`. */
  readonly serverLater?: number | (() => number);
}

/**
 * A clock for `later` that begins these seconds ahead and is twenty times slower than this machine's. Time limits that
 * the plugin's clock decides are then long enough for a slow machine.
 */
export function slowly(seconds: number): () => number {
  const start = performance.now();
  return () => seconds - (0.95 * (performance.now() - start)) / 1000;
}

function secondsOf(later: number | (() => number)): number {
  return typeof later === 'number' ? later : later();
}

/** A run that goes on (`--watch`): its output so far, and how to end it. */
export interface Running {
  readonly outcome: Promise<RunOutcome>;
  stdout(): string;
  stderr(): string;
  interrupt(): void;
}

// Many runs at once share this process.
connectLimits.handshakeMs = 120_000;

/** Runs the plugin in this process against the test run's API server. */
export function skyports(args: readonly string[], options: RunOptions = {}): Promise<RunOutcome> {
  return startSkyports(args, options).outcome;
}

/** The fixtures' addresses are somebody's: no test calls them (test/probes and test/e2e have a network of their own). */
export const noProbes = { SKYPORTS_PROBE: 'false' } as const;

/** Starts the plugin in this process and leaves it running. @throws Error for flags that would call addresses */
export function startSkyports(args: readonly string[], options: RunOptions = {}): Running {
  const calling = args.find((arg) => /^--probe(=(?!false)|$)/.test(arg));
  if (calling && !options.mayProbe) throw new Error(`${calling} would call addresses of the fixtures`);
  const { later = 0, serverLater = later } = options;
  const interruption = new AbortController();
  let held: AbortController | undefined;
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTerminal: false,
    columns: 80,
  });
  const system: Process = {
    args,
    env: { KUBECONFIG: options.kubeconfig ?? cluster().adminKubeconfig, ...noProbes, ...options.env },
    cwd: options.cwd ?? cluster().temporaryFolder,
    homeDirectory: options.homeDirectory ?? cluster().temporaryFolder,
    nodeVersion: process.version,
    platform: process.platform,
    stdout: output('stdout'),
    stderr: output('stderr'),
    stdinIsTerminal: options.answer !== undefined,
    ask: async (question) => {
      written.stderr += question;
      const { answer = '' } = options;
      return typeof answer === 'string' ? answer : answer();
    },
    handOver: async (file, args) => {
      written.stdout += `${[file, ...args].join(' ')}\n`;
      return options.handedOver ?? 0;
    },
    readInput: async () => new TextEncoder().encode(options.input ?? ''),
    now: () => new Date(Date.now() + secondsOf(later) * 1000),
    // On a slow machine, a server of a test may need longer than the usual 3 s. No test waits for an address that is silent.
    probeLimitMs: 60_000,
    interrupted: interruption.signal,
    awaitWrite: () => () => {},
    holdSignals: () => {
      held ??= new AbortController();
      const { signal: received } = held;
      return {
        received,
        get exitCode() {
          return received.aborted ? 130 : 0;
        },
      };
    },
  };
  return {
    outcome: withServersAhead(
      () => secondsOf(serverLater),
      () => run(system),
    ).then((code) => ({
      code,
      ...written,
    })),
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    interrupt: () => (held ?? interruption).abort(),
  };
}
