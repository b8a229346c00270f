/** A stream of the process, as it is. Only output/streams.ts writes to one. */
export interface RawOutput {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Width in characters; 80 when it is not a terminal. */
  readonly columns: number;
}

/**
 * Where text goes. Names and messages come from outside: what could move a cursor, forge a line or hide itself becomes a
 * visible escape here, whoever wrote it (output/streams.ts).
 */
export interface TextOutput {
  /** One line: line ends within the text are escaped as well, and a text of excessive length is cut. */
  line(text: string): void;
  /** Whole lines that a renderer made. Line ends and tabs stay. */
  document(text: string): void;
  /** On a terminal, one line that the next one replaces; undefined removes it. Elsewhere nothing. */
  progress(text: string | undefined): void;
  /** What a program that the user runs says to the user, unchanged: kubectl shows a credential plugin's prompts so. */
  passThrough(text: string): void;
  readonly isTerminal: boolean;
  /** Width in characters; 80 when it is not a terminal. */
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
  /** Aborted on SIGINT and SIGTERM. No write begins after that, and reads under way end. */
  readonly interrupted: AbortSignal;
  /** Called before a write begins: an interrupted process waits for it, for a few seconds. Returns what to call at its end. */
  awaitWrite(): () => void;
}

/** The process before its streams are made safe. */
export interface Process extends Omit<System, 'stdout' | 'stderr'> {
  readonly stdout: RawOutput;
  readonly stderr: RawOutput;
}
