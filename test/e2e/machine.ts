import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { InstalledApps } from '../apps/installed.ts';
import { findPrograms } from '../cluster/binaries.ts';
import { files } from '../node/layout.ts';
import { onClient, type Place } from '../node/processes.ts';
import type { Answer, Call } from './client.ts';

/** "Somebody's laptop": where kubectl and the plugin run, and from where ports are called. */
const theirs = process.env.E2E_KUBECONFIG;
export const isOurNode = theirs === undefined;
const place: Place = isOurNode ? onClient : [];
const { kubectl: kubectlFile } = await findPrograms();

const home = join(tmpdir(), `kubectl-skyports-e2e-${process.pid}`);
mkdirSync(join(home, 'bin'), { recursive: true });
symlinkSync(resolve(import.meta.dirname, '../../dist/kubectl-skyports'), join(home, 'bin/kubectl-skyports'));
const environment = {
  PATH: [join(home, 'bin'), dirname(kubectlFile), '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(delimiter),
  HOME: home,
  KUBECONFIG: theirs ?? files.kubeconfig('admin'),
};

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a line in a shell of that machine, as a user pastes it. */
export function shell(line: string, input?: string): Promise<Outcome> {
  const [file, ...args] = [...place, '/bin/bash', '-c', line];
  return new Promise((done) => {
    const child = execFile(
      file!,
      args,
      { env: environment, cwd: home, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => done({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
    if (input !== undefined) child.stdin!.end(input);
  });
}

/** Starts a line that goes on. */
export function shellProcess(line: string): ChildProcess {
  const [file, ...args] = [...place, '/bin/bash', '-c', `exec ${line}`];
  return spawn(file!, args, { env: environment, cwd: home, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs a line that has to succeed. @returns its stdout @throws Error with its stderr */
export async function pasted(line: string, input?: string): Promise<string> {
  // kubectl asks before it deletes where a suggestion tells it to.
  const { code, stdout, stderr } = await shell(line, input ?? (line.includes(' --interactive') ? 'y\n' : undefined));
  if (code !== 0) throw new Error(`${line}: exit code ${code}\n${stderr}${stdout}`);
  return stdout;
}

export interface PythonRun {
  readonly env?: Readonly<Record<string, string>>;
  /** Addresses of names that no resolver here knows. */
  readonly names?: Readonly<Record<string, string>>;
}

/** Runs a Python program there, with the packages of the apps. @throws Error with its stderr */
export async function clientsPython(
  { bin }: InstalledApps,
  source: string,
  { env = {}, names = {} }: PythonRun,
): Promise<string> {
  const folder = mkdtempSync(join(home, 'python-'));
  const set = Object.entries(env).map(([name, value]) => `export ${name}='${value}'`);
  const lines = [`cd ${folder}`, ...set, `exec ${join(bin[0]!, 'python')} -`];
  const resolver = [
    'import socket',
    `addresses, ask = ${JSON.stringify(names)}, socket.getaddrinfo`,
    'socket.getaddrinfo = lambda name, *more, **options: ask(addresses.get(name, name), *more, **options)',
  ];
  return pasted(lines.join('\n'), [...resolver, source].join('\n'));
}

/** Makes objects as kubectl applies them. */
export function apply(...objects: readonly object[]): Promise<string> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  return pasted('kubectl apply --server-side --force-conflicts -f -', JSON.stringify(list));
}

/** Calls a URL from that machine. */
export async function call(made: Call, from: Place = place): Promise<Answer> {
  const [file, ...args] = [...from, process.execPath, join(import.meta.dirname, 'client.ts'), JSON.stringify(made)];
  return new Promise((done, reject) => {
    execFile(file!, args, { env: environment, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
      error ? reject(new Error(stderr)) : done(JSON.parse(stdout)),
    );
  });
}

/** What the app says of a call. */
export interface Seen {
  readonly pod: string;
  readonly path: string;
  readonly host: string;
  readonly method: string;
  readonly origin: string;
}

/** What the app says of a call that reached it; undefined when something else answered, or nothing did. */
export async function reached(url: string, more: Omit<Call, 'url'> = {}): Promise<Seen | undefined> {
  const { status, body } = await call({ url, ...more });
  if (status !== 200) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/**
 * Waits until the app answers. The API says Ready when an address and a ready Pod are there; kube-proxy, MetalLB's
 * announcement and nginx's reload follow a moment later, and nothing in the API tells when. While nginx reloads, old and
 * new workers answer by turns.
 */
export async function untilReached(url: string, more: Omit<Call, 'url'> = {}): Promise<void> {
  let answered = 0;
  for (let tries = 0; tries < 100 && answered < 4; tries++) {
    answered = (await reached(url, more)) ? answered + 1 : 0;
    await new Promise((next) => setTimeout(next, 250));
  }
  if (answered < 4) throw new Error(`the app is not reached at ${url}`);
}

/** Waits until something other than a controller's own page for unknown paths answers, whatever it says. */
export async function untilAnswered(made: Call): Promise<void> {
  let answered = 0;
  let last = '';
  for (let tries = 0; tries < 160 && answered < 3; tries++) {
    const { status, body } = await call(made);
    const isControllers =
      status === 0 || status >= 502 || (status === 404 && /<center>nginx<\/center>|^404 page not found/.test(body));
    answered = isControllers ? 0 : answered + 1;
    last = `${status} ${body.slice(0, 80)}`;
    await new Promise((next) => setTimeout(next, 250));
  }
  if (answered < 3) throw new Error(`nothing but the controller answers at ${made.url}: ${last}`);
}
