import { safeOutput } from '../../src/output/streams.ts';
import type { System } from '../../src/system.ts';

export interface SystemOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly homeDirectory?: string;
  readonly stdinIsTerminal?: boolean;
  readonly now?: () => Date;
  readonly platform?: string;
  readonly interrupted?: AbortSignal;
}

/** A process without terminal; what goes to stderr can be read from `written`. */
export function systemForTest(options: SystemOptions): System & { written(): string } {
  let stderr = '';
  const output = { write: () => {}, isTerminal: false, columns: 80 };
  return {
    args: [],
    env: { PATH: process.env.PATH, HOME: options.homeDirectory ?? options.cwd, ...options.env },
    cwd: options.cwd,
    homeDirectory: options.homeDirectory ?? options.cwd,
    nodeVersion: process.version,
    platform: options.platform ?? process.platform,
    stdout: safeOutput(output),
    stderr: safeOutput({
      ...output,
      write: (text) => {
        stderr += text;
      },
    }),
    stdinIsTerminal: options.stdinIsTerminal ?? false,
    ask: async () => '',
    handOver: async () => 0,
    readInput: async () => new Uint8Array(),
    now: options.now ?? (() => new Date()),
    interrupted: options.interrupted ?? new AbortController().signal,
    awaitWrite: () => () => {},
    holdSignals: () => ({ received: options.interrupted ?? new AbortController().signal, exitCode: 130 }),
    written: () => stderr,
  };
}
