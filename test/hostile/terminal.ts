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
  // Our own colours would look like control characters from outside.
  ...{ NO_COLOR: '1', LC_ALL: 'C.UTF-8', SKYPORTS_COMPLETION_TIMEOUT: '2m', ...noProbes },
});

/** Runs the built program on pipes. @returns stdout, then stderr */
export function onPipes(args: readonly string[], kubeconfig: string): Promise<string> {
  const options = { env: environment(kubeconfig), maxBuffer: 64 * 1024 * 1024 };
  return new Promise((done) => {
    execFile(executable, args, options, (_, stdout, stderr) => done(stdout + stderr));
  });
}

/** Our own progress line overwrites itself with this. */
const ownProgress = '\r\u001b[K';

/** Runs the built program on a terminal of 120 columns. @returns its output with plain line feeds and without progress lines */
export function onTerminal(args: readonly string[], kubeconfig: string): Promise<string> {
  ensureProgram('script', 'bsdutils');
  const env = { ...environment(kubeconfig), ARGUMENTS: args.map(quoted).join(' '), PROGRAM: executable };
  // The terminal gets its size before the program starts. The shell reads the arguments a second time.
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
