/** A stream of the process that does not escape unsafe text. Only output/streams.ts writes to it. */
export interface RawOutput {
  write(text: string): void;
  /** Resolves when the reader has taken the written text. If absent, each write waits for the reader. */
  drained?(): Promise<void>;
  readonly isTerminal: boolean;
  /** The width in characters; 80 if the stream is not a terminal. */
  readonly columns: number;
}

/** The appearance of a piece of text. It only repeats what the words say, because many readers see no colours. */
export type Style = 'good' | 'warning' | 'bad' | 'strong' | 'faint';

/**
 * A piece of a line with a style. A style is data, not an escape sequence in the text. So the stream can escape the text,
 * which may come from the cluster, before it adds the colour.
 */
export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** One line of text for people, without its line break. */
export type StyledLine = string | readonly (string | Span)[];

/**
 * A stream that is safe for text from outside. It shows characters as escapes if they could move the cursor, forge a
 * line or hide text (output/streams.ts).
 */
export interface TextOutput {
  /** Writes one line for people. Line breaks in the text are escaped too. A very long text is cut. */
  line(text: StyledLine): void;
  /** Writes several lines for people, such as a table. Line breaks in the text are escaped too. */
  lines(lines: readonly StyledLine[]): void;
  /** Writes a text for programs, such as JSON: without colour, and with the same characters in every locale. */
  document(text: string): void;
  /** Writes a long document in parts. Waits for a slow reader, so that the memory holds few parts. */
  documentParts(parts: Iterable<string>): Promise<void>;
  /** Shows one line that the next call replaces. Undefined removes it. Does nothing unless `repaints` is set. */
  progress(text: string | undefined): void;
  /** Writes the output of another program without changes, such as the prompt of a credential plugin. */
  passThrough(text: string): void;
  readonly isTerminal: boolean;
  /** Whether the output is a terminal that can replace a line. */
  readonly repaints: boolean;
  /** The width in characters; 80 if the stream is not a terminal. */
  readonly columns: number;
}

/** The signals that arrive while a command handles them itself. */
export interface HeldSignals {
  /** Is aborted by the first SIGINT, SIGTERM or SIGHUP. */
  readonly received: AbortSignal;
  /** The exit code for this signal: 128 plus its number. 0 if no signal has arrived. */
  readonly exitCode: number;
}

/**
 * Everything of the process that the plugin uses: arguments, environment, streams, clock and signals. Tests pass their
 * own System, so they can run all code except main.ts.
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
   * Asks a question on the terminal and resolves to the typed line, without the line break. The question is written to
   * stderr. Stdin must be a terminal.
   */
  ask(question: string): Promise<string>;
  /**
   * Replaces this process with another program (execve). Windows cannot do this. There, runs the program and resolves
   * to its exit code.
   */
  handOver(file: string, args: readonly string[]): Promise<number>;
  /** Reads standard input. Stops after the first byte beyond `mostBytes`, because an input may have no end. */
  readInput(mostBytes: number): Promise<Uint8Array>;
  now(): Date;
  /** The time limit for all calls of addresses together, in milliseconds. Tests set it, because machines may be slow. */
  readonly probeLimitMs?: number | undefined;
  /** Is aborted by SIGINT and SIGTERM. After that, no write begins, and reads that are under way end. */
  readonly interrupted: AbortSignal;
  /**
   * Registers a write, so that an interrupted process waits a few seconds for its end. Returns a function that the
   * caller calls at this end.
   */
  awaitWrite(): () => void;
  /**
   * After this call, SIGINT, SIGTERM and SIGHUP neither end the process nor abort `interrupted`. So the command can
   * clean up after the first signal, and then exit by itself. A second SIGINT ends the process at once. In any case, it
   * ends a minute after the first signal.
   */
  holdSignals(): HeldSignals;
}

/** The process before its streams are made safe. */
export interface Process extends Omit<System, 'stdout' | 'stderr'> {
  readonly stdout: RawOutput;
  readonly stderr: RawOutput;
}
