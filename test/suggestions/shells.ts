import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureProgram } from '../helpers/program.ts';
import { unwanted } from '../hostile/texts.ts';

/** The shells that commands are pasted into. */
export const shells = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof shells)[number];

/** What came of one pasted command. */
export interface Pasted {
  readonly command: string;
  /** The programs that were run, with their arguments; `unknown` before what no shell found. */
  readonly ran: readonly (readonly string[])[];
  /** False where the shell went on waiting for the end of a quote. Fish refuses such a line, except at a terminal. */
  readonly ended: boolean;
}

const programs = ['kubectl', 'sky', 'helm', 'ls', 'head', 'echo', 'mark', unwanted];

/** In place of programs stand functions that write down how they were called; no other program can be found. */
const setUps: Readonly<Record<Shell, (record: string) => string>> = {
  bash: (record) => `
record() { printf '%s\\0' "$#" "$@" >>'${record}'; }
${programs.map((name) => `${name}() { record ${name} "$@"; }`).join('\n')}
date() { printf now; }
command_not_found_handle() { record unknown "$@"; }
PS1= PS2= PATH=/nowhere HISTFILE=
`,
  zsh: (record) => `
record() { printf '%s\\0' "$#" "$@" >>'${record}'; }
${programs.map((name) => `${name}() { record ${name} "$@"; }`).join('\n')}
date() { printf now; }
command_not_found_handler() { record unknown "$@"; }
PS1= PS2= PATH=/nowhere
`,
  fish: (record) => `
function record; printf '%s\\0' (count $argv) $argv >>'${record}'; end
${programs.map((name) => `function ${name}; record ${name} $argv; end`).join('\n')}
function date; printf now; end
function fish_command_not_found; record unknown $argv; end
function fish_prompt; end
set -g fish_greeting
set -g fish_autosuggestion_enabled 0
set PATH /nowhere
`,
};

/** Fish reads a pipe as one program. It evaluates each line by itself, as it does with a line that is pasted at its prompt. */
const fishLoop = (lines: string) => `
while read --null --local line
  eval $line
end <'${lines}'
`;

/** Interactive shells, which read what is pasted line by line: history and comments are those of a user. */
const starts: Readonly<Record<Exclude<Shell, 'fish'>, readonly string[]>> = {
  bash: ['--norc', '--noprofile', '-i'],
  zsh: ['-f', '-i'],
};

/** Files that commands of ours write, by the words that stand for them. */
const ownFiles = ['FILE', 'dump.yaml'];

/** What came of them all. */
export interface AllPasted {
  readonly pasted: readonly Pasted[];
  /** Files that are there afterwards, without those that our own words stand for. */
  readonly written: readonly string[];
}

/** Pastes commands into a shell, one after the other. @param parent a folder for temporary files */
export function paste(shell: Shell, commands: readonly string[], parent: string): Promise<AllPasted> {
  ensureProgram(shell);
  return pasteWith((lines, place) => (shell === 'fish' ? evaluate(lines, place) : pipe(shell, lines, place)), {
    shell,
    commands,
    parent,
  });
}

/** Pastes commands into fish at a terminal. This takes 20 ms a command, so only a sample is worth it. */
export function pasteAtTerminal(commands: readonly string[], parent: string): Promise<AllPasted> {
  ensureProgram('fish');
  return pasteWith(type, { shell: 'fish', commands, parent, atOnce: 50 });
}

interface Place {
  readonly folder: string;
  readonly cwd: string;
  readonly record: string;
  readonly setUp: string;
  readonly env: NodeJS.ProcessEnv;
}

interface Pasting {
  readonly shell: Shell;
  readonly commands: readonly string[];
  readonly parent: string;
  /** So many commands go into one shell. A terminal loses what it cannot hold. */
  readonly atOnce?: number;
}

async function pasteWith(
  run: (lines: readonly string[], place: Place) => Promise<void>,
  { shell, commands, parent, atOnce = 2000 }: Pasting,
): Promise<AllPasted> {
  const folder = mkdtempSync(join(parent, `${shell}-`));
  const cwd = mkdtempSync(join(parent, 'cwd-'));
  // A command of ours writes into fish's folder, which a user of fish has.
  mkdirSync(join(folder, '.config/fish/completions'), { recursive: true });
  const record = join(folder, 'record');
  const setUp = join(folder, 'set-up');
  const env = { PATH: '/usr/bin:/bin', HOME: folder, TERM: 'dumb', LC_ALL: 'C.UTF-8' };
  const results: Pasted[] = [];
  // After a quote that is not closed the shell reads on: what follows is pasted into another one.
  while (results.length < commands.length) {
    const rest = commands.slice(results.length, results.length + atOnce);
    writeFileSync(record, '');
    writeFileSync(setUp, setUps[shell](record));
    // There is a mark before each command and one at the end.
    const lines = [...rest.flatMap((each, index) => [`mark ${index}`, each]), `mark ${rest.length}`];
    await run(lines, { folder, cwd, record, setUp, env });
    const marks = recorded(readFileSync(record, 'utf8'));
    for (const [index, command] of rest.entries()) {
      const ended = marks.has(index + 1);
      results.push({ command, ran: marks.get(index) ?? [], ended });
      if (!ended) break;
    }
  }
  return { pasted: results, written: readdirSync(cwd).filter((file) => !ownFiles.includes(file)) };
}

function pipe(shell: Exclude<Shell, 'fish'>, lines: readonly string[], place: Place): Promise<void> {
  return run(shell, starts[shell], [`. ${place.setUp}`, ...lines, 'exit', ''].join('\n'), place);
}

function evaluate(lines: readonly string[], place: Place): Promise<void> {
  const list = join(place.folder, 'lines');
  writeFileSync(list, lines.map((line) => `${line}\0`).join(''));
  const script = join(place.folder, 'script');
  writeFileSync(script, readFileSync(place.setUp, 'utf8') + fishLoop(list));
  return run('fish', ['--no-config', script], '', place);
}

async function type(lines: readonly string[], place: Place): Promise<void> {
  const start = `fish --no-config --interactive --init-command 'source ${place.setUp}'`;
  await run('script', ['-q', '-e', '-c', start, '/dev/null'], [...lines, 'exit', ''].join('\n'), place);
}

/** A shell that waits for the end of a quote records nothing any more. */
const longestSilence = 20_000;

/** What a shell says of the commands is not asked for, nor how the last one ended. */
function run(shell: string, args: readonly string[], input: string, { record, cwd, env }: Place): Promise<void> {
  return new Promise((resolve) => {
    const child = execFile(shell, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 }, () => {
      clearInterval(watching);
      resolve();
    });
    let seen = { size: 0, at: performance.now() };
    const watching = setInterval(() => {
      const { size } = statSync(record);
      if (size !== seen.size) seen = { size, at: performance.now() };
      else if (performance.now() - seen.at > longestSilence) child.kill('SIGKILL');
    }, 500);
    // A shell may end before it has read all, or anything; the record shows what it ran.
    child.stdin!.on('error', () => {});
    child.stdin!.end(input);
  });
}

/** Reads the record: of each call the number of its words, then these, each ended by NUL. */
function recorded(text: string): Map<number, string[][]> {
  const fields = text.split('\0');
  const marks = new Map<number, string[][]>();
  let at = 0;
  let sinceMark: string[][] = [];
  while (at < fields.length - 1) {
    const count = Number(fields[at]);
    const argv = fields.slice(at + 1, at + 1 + count);
    at += 1 + count;
    if (argv[0] === 'mark') {
      sinceMark = [];
      marks.set(Number(argv[1]), sinceMark);
    } else sinceMark.push(argv);
  }
  return marks;
}
