/** A fake process: what a program reads from it, and what the program leaves behind. */
export interface PretendedProcess {
  readonly process: NodeJS.Process;
  /** Resolves when the program sets `process.exitCode`, which is the last thing that src/main.ts does. */
  readonly exitCode: Promise<number>;
  /** The text of stdout and stderr. */
  output(): string;
}

/** Has the same members as this process, but other arguments, environment, streams, signals and exit code. */
export function pretendedProcess(args: readonly string[], env: Readonly<Record<string, string>>): PretendedProcess {
  let output = '';
  const stream = {
    write(text: string) {
      output += text;
      return true;
    },
    on() {},
  };
  const { promise, resolve } = Promise.withResolvers<number>();
  let exitCode: number | undefined;
  const own = {
    argv: [process.execPath, process.execPath, ...args],
    env,
    stdout: stream,
    stderr: stream,
    once() {},
    get exitCode() {
      return exitCode;
    },
    // Do not poll. The number of polls would depend on the machine, and so would the functions that V8 compiles.
    set exitCode(code) {
      exitCode = code;
      resolve(code ?? 0);
    },
    exit(code: number) {
      own.exitCode = code;
    },
  };
  return {
    process: Object.create(process, Object.getOwnPropertyDescriptors(own)),
    exitCode: promise,
    output: () => output,
  };
}
