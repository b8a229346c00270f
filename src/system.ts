/** Where text goes. `isTerminal` and `columns` are those of the stream; `write` resolves when the reader can take more. */
export interface TextOutput {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Width in characters; 80 when it is no terminal. */
  readonly columns: number;
}

/**
 * The process as a value, so that everything but main.ts can be run in a test:
 * arguments, environment, streams, clock and the signal that ends a wait.
 */
export interface System {
  /** What follows the program's name. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly homeDirectory: string;
  /** `process.version`: v26.10.0. */
  readonly nodeVersion: string;
  /** `process.platform`: linux, darwin, win32. */
  readonly platform: string;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly stdinIsTerminal: boolean;
  /** Asks on the terminal; resolves to the line typed, without its end. Only when stdin and stderr are terminals. */
  ask(question: string): Promise<string>;
  /**
   * Lets another program go on in place of this one, on its terminal and with its signals. Where a process cannot be
   * replaced (Windows), resolves to its exit code.
   */
  handOver(file: string, args: readonly string[]): Promise<number>;
  /** All of standard input, as bytes. */
  readInput(): Promise<Uint8Array>;
  now(): Date;
  /** Aborted on SIGINT, SIGTERM, or when stdout's reader has gone. */
  readonly interrupted: AbortSignal;
}
