/** A process that is not there: what a program sees and leaves behind. */
export interface PretendedProcess {
  readonly process: NodeJS.Process;
  /** Resolves when the program sets `process.exitCode`, as src/main.ts does last. */
  readonly exitCode: Promise<number>;
  /** Both streams together. */
  output(): string;
}

/** Like this process, but for arguments, environment, streams, signals and exit code. */
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
    // Not looked at now and then: how often would depend on the machine, and with it what V8 compiles.
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
