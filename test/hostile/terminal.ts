import { execFile, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { cluster } from '../helpers/cluster.ts';
import { ensureProgram } from '../helpers/program.ts';
import { noProbes } from '../helpers/run-skyports.ts';

/** The built program. */
export const executable =
  process.env.SKYPORTS_EXECUTABLE ?? resolve(import.meta.dirname, '../../dist/kubectl-skyports');

const environment = (kubeconfig: string): NodeJS.ProcessEnv => ({
  ...{ PATH: '/usr/bin:/bin', HOME: cluster().temporaryFolder, KUBECONFIG: kubeconfig, TERM: 'xterm-256color' },
  // Colours of our own are no text from outside.
  ...{ NO_COLOR: '1', LC_ALL: 'C.UTF-8', SKYPORTS_COMPLETION_TIMEOUT: '20s', ...noProbes },
});

/** What the built program writes into pipes: stdout, then stderr. */
export function onPipes(args: readonly string[], kubeconfig: string): Promise<string> {
  const options = { env: environment(kubeconfig), maxBuffer: 64 * 1024 * 1024, timeout: 60_000 };
  return new Promise((done) => {
    execFile(executable, args, options, (_, stdout, stderr) => done(stdout + stderr));
  });
}

/** By this a line of progress is written over. */
const ownProgress = '\r\u001b[K';

/** What the built program writes to a terminal of 120 columns, with the line ends of a file and without its own progress. */
export function onTerminal(args: readonly string[], kubeconfig: string): Promise<string> {
  ensureProgram('script', 'bsdutils');
  const env = { ...environment(kubeconfig), ARGUMENTS: args.map(quoted).join(' '), PROGRAM: executable };
  // The terminal's size is set before the program starts; its words are the shell's once more, as when they are typed.
  const command = 'stty cols 120 rows 40; eval "exec \\"$PROGRAM\\" $ARGUMENTS"';
  const child = spawn('script', ['-qec', command, '/dev/null'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return new Promise((done) =>
    child.once('close', () => done(text.replaceAll('\r\n', '\n').replaceAll(ownProgress, '\n'))),
  );
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
