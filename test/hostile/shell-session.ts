import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureProgram } from '../helpers/program.ts';
import type { Shell } from '../suggestions/shells.ts';
import { executable } from './terminal.ts';
import { unwanted } from './texts.ts';

const starts: Readonly<Record<Shell, string>> = {
  bash: 'bash --norc --noprofile -i',
  zsh: 'zsh -f -i',
  fish: 'fish --no-config -i',
};

const setUps: Readonly<Record<Shell, string>> = {
  bash: 'source <(kubectl-skyports completion bash)',
  zsh: 'autoload -U compinit && compinit -u\nsource <(kubectl-skyports completion zsh)',
  fish: 'kubectl-skyports completion fish | source',
};

/** A completion takes a fifth of a second on an idle machine; a busy one needs much more. */
const patienceSeconds = 120;

/** Ctrl-C. */
const interrupt = '\u0003';

/** What happened after one line was completed and entered. */
export interface Entered {
  /** The arguments of the plugin; undefined if it was not called. */
  readonly argv: readonly string[] | undefined;
  /** Whether the unwanted command ran. */
  readonly pwned: boolean;
  /** False if the shell waited for the rest of the command. */
  readonly ended: boolean;
}

/** A real shell on a pseudo terminal, with the plugin's completion. */
export interface ShellSession {
  /** Types a line, presses the tab key, then Enter. */
  completeAndEnter(typed: string): Promise<Entered>;
  /** Lists the files in the shell's working folder. */
  written(): string[];
  end(): void;
}

/** Starts a shell. A script stands in for the plugin: it runs the real completion, and records any other call. */
export async function startShell(shell: Shell, kubeconfig: string, folder: string): Promise<ShellSession> {
  for (const program of [shell, 'script']) ensureProgram(program, program === 'script' ? 'bsdutils' : program);
  const [bin, cwd] = ['bin', 'cwd'].map((name) => join(folder, name)) as [string, string];
  for (const each of [bin, cwd]) mkdirSync(each, { recursive: true });
  const [record, mark, pwned] = ['record', 'mark', 'pwned'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const program = (name: string, body: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  program(
    'kubectl-skyports',
    `case $1 in completion | __complete) exec '${executable}' "$@" ;; esac\nprintf '%s\\0' "$@" >'${record}'`,
  );
  program('mark', `echo "$1" >'${mark}'`);
  program(unwanted, `: >'${pwned}'`);
  writeFileSync(join(folder, 'set-up'), `${setUps[shell]}\n`);
  const env = {
    ...{ PATH: `${bin}:/usr/bin:/bin`, HOME: folder, TERM: 'dumb', LC_ALL: 'C.UTF-8' },
    ...{ KUBECONFIG: kubeconfig, SKYPORTS_COMPLETION_TIMEOUT: '2m', SKYPORTS_PROBE: 'false' },
  };
  const child = spawn('script', ['-qec', starts[shell], '/dev/null'], {
    env,
    cwd,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // A shell that has ended takes no marks, and that is how it is found out.
  child.stdin!.on('error', () => {});
  let marks = 0;
  /** Tells whether the shell takes another command within some seconds. */
  const isReady = async (seconds: number) => {
    marks++;
    child.stdin!.write(`mark ${marks}\r`);
    for (let tries = 0; tries < seconds * 50; tries++) {
      if (existsSync(mark) && readFileSync(mark, 'utf8') === `${marks}\n`) return true;
      await new Promise((next) => setTimeout(next, 20));
    }
    return false;
  };
  child.stdin!.write(`source ${join(folder, 'set-up')}\r`);
  if (!(await isReady(patienceSeconds))) throw new Error(`${shell} did not start`);
  return {
    completeAndEnter: async (typed) => {
      for (const file of [record, pwned]) rmSync(file, { force: true });
      child.stdin!.write(`${typed}\t\r`);
      const ended = await isReady(patienceSeconds);
      if (!ended) {
        child.stdin!.write(interrupt);
        // The terminal drops what is typed at that moment.
        await new Promise((next) => setTimeout(next, 500));
      }
      if (!ended && !(await isReady(patienceSeconds))) throw new Error(`${shell} hangs after ${typed}`);
      const words = existsSync(record) ? readFileSync(record, 'utf8').split('\0').slice(0, -1) : [];
      return { argv: words.length > 0 ? words : undefined, pwned: existsSync(pwned), ended };
    },
    written: () => readdirSync(cwd),
    end: () => child.kill('SIGKILL'),
  };
}
