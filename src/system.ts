/** An unfiltered stream of the process. Only output/streams.ts writes to it. */
export interface RawOutput {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** The width in characters; 80 if the stream is not a terminal. */
  readonly columns: number;
}

/**
 * A stream that is safe for text from outside. Characters that could move the cursor, forge a line or hide text become
 * visible escapes (output/streams.ts).
 */
export interface TextOutput {
  /** Writes one line. Line breaks in the text are escaped too, and a very long text is cut. */
  line(text: string): void;
  /** Writes rendered lines. Line breaks and tabs stay. */
  document(text: string): void;
  /**
   * On a terminal, shows one line. The next call replaces the line, and undefined removes it. If the output is not a
   * terminal, does nothing.
   */
  progress(text: string | undefined): void;
  /** Writes the output of another program unchanged, such as the prompts of a credential plugin. */
  passThrough(text: string): void;
  readonly isTerminal: boolean;
  /** The width in characters; 80 if the stream is not a terminal. */
  readonly columns: number;
}

/** The signals of a command that ends its work by itself. */
export interface HeldSignals {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP. */
  readonly received: AbortSignal;
  /** The exit code for that signal, 128 plus its number; 0 before a signal. */
  readonly exitCode: number;
}

/**
 * The parts of the process that the plugin uses, as a value: arguments, environment, streams, clock and interruption
 * signal. Tests pass their own value, so they can run all code except main.ts.
 */
export interface System {
  /** The arguments after the program's name. */
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
  /**
   * Asks a question on the terminal and resolves to the typed line, without the line break. Stdin must be a terminal;
   * the question is written to stderr.
   */
  ask(question: string): Promise<string>;
  /**
   * Replaces this process with another program (execve). On Windows, which cannot do that, runs the program and resolves to
   * its exit code.
   */
  handOver(file: string, args: readonly string[]): Promise<number>;
  /** Reads all of standard input, as bytes. */
  readInput(): Promise<Uint8Array>;
  now(): Date;
  /** The signal is aborted on SIGINT and SIGTERM. After that, no write begins, and reads that are under way end. */
  readonly interrupted: AbortSignal;
  /**
   * Registers a write. An interrupted process waits a few seconds for the end of the write. Returns the function to
   * call at that end.
   */
  awaitWrite(): () => void;
  /**
   * From this call on, SIGINT, SIGTERM and SIGHUP neither end the process nor abort `interrupted`, so that the command can
   * clean up after the first of them and then exits by itself. A second SIGINT ends the process at once, and a minute after
   * the first signal it ends in any case.
   */
  holdSignals(): HeldSignals;
}

/** The process, with streams that are not made safe yet. */
export interface Process extends Omit<System, 'stdout' | 'stderr'> {
  readonly stdout: RawOutput;
  readonly stderr: RawOutput;
}
