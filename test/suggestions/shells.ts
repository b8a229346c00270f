import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
  /** False where the shell went on waiting for the end of a quote. */
  readonly ended: boolean;
}

const programs = ['kubectl', 'sky', 'helm', 'ls', 'mark', unwanted];

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
export async function paste(shell: Shell, commands: readonly string[], parent: string): Promise<AllPasted> {
  ensureProgram(shell);
  const folder = mkdtempSync(join(parent, `${shell}-`));
  const cwd = mkdtempSync(join(parent, 'cwd-'));
  const results: Pasted[] = [];
  // After a quote that is not closed the shell reads on: what follows is pasted into another one.
  while (results.length < commands.length) {
    const rest = commands.slice(results.length);
    const marks = await marksOf(shell, rest, { folder, cwd });
    for (const [index, command] of rest.entries()) {
      const ended = marks.has(index + 1);
      results.push({ command, ran: marks.get(index) ?? [], ended });
      if (!ended) break;
    }
  }
  return { pasted: results, written: readdirSync(cwd).filter((file) => !ownFiles.includes(file)) };
}

/** What ran after each mark, by its number; there is one before each command and one at the end. */
async function marksOf(shell: Shell, commands: readonly string[], place: { folder: string; cwd: string }) {
  const record = join(place.folder, 'record');
  writeFileSync(record, '');
  const setUp = join(place.folder, 'set-up');
  writeFileSync(setUp, setUps[shell](record));
  const env = { PATH: '/usr/bin:/bin', HOME: place.folder, TERM: 'dumb', LC_ALL: 'C.UTF-8' };
  const lines = commands.flatMap((each, index) => [`mark ${index}`, each]);
  const input = [...lines, `mark ${commands.length}`, 'exit', ''];
  if (shell === 'fish') {
    // It reads lines one by one from a terminal alone; from a pipe it would read the whole as one program.
    const start = `fish --no-config --interactive --init-command 'source ${setUp}'`;
    // At a terminal nothing ends a shell that waits for the end of a quote.
    const timeout = 6000 + commands.length * 700;
    await run('script', ['-q', '-e', '-c', start, '/dev/null'], input.join('\n'), { cwd: place.cwd, env, timeout });
  } else {
    await run(shell, starts[shell], [`. ${setUp}`, ...input].join('\n'), { cwd: place.cwd, env });
  }
  return recorded(readFileSync(record, 'utf8'));
}

/** What a shell says of the commands is not asked for, nor how the last one ended. */
function run(
  shell: string,
  args: readonly string[],
  input: string,
  options: { cwd: string; env: NodeJS.ProcessEnv; timeout?: number },
) {
  return new Promise<void>((resolve) => {
    const child = execFile(shell, args, { timeout: 60_000, ...options, maxBuffer: 64 * 1024 * 1024 }, () => resolve());
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
