// node test/apps/record.ts [APP...]: writes answers/APP.json: what each app answers on this machine, straight and as the
// pod of an Ingress that strips or keeps the prefix sees the call.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { appNamed } from '../../src/apps/all-apps.ts';
import { type AppPlace, startCommandOf } from '../../src/apps/start-command.ts';
import { allApps } from '../e2e/apps/all-apps.ts';
import { type App, startLine } from '../e2e/apps/app.ts';
import type { RecordedAnswer, RecordedApp } from './answers.ts';
import { installApps } from './installed.ts';

const prefix = '/skyports/default/train-2ea485ef/8888';
const host = 'gpu.example.com';
const longestBody = 4096;

const wanted = process.argv.slice(2);
const say = (what: string) => process.stderr.write(`${what}\n`);
const installed = { few: await installApps('few', say), more: await installApps('more', say) };
for (const app of allApps) {
  if (wanted.length > 0 && !wanted.includes(app.name)) continue;
  const answers = await recordedAnswers(app);
  const recorded: RecordedApp = { app: app.name, version: versionOf(app), answers };
  writeFileSync(
    join(import.meta.dirname, 'answers', `${app.name}.json`),
    `${JSON.stringify(recorded, undefined, 2)}\n`,
  );
  process.stderr.write(`${app.name} ${recorded.version}: ${answers.map(({ status }) => status).join(' ')}\n`);
}

async function recordedAnswers(app: App): Promise<RecordedAnswer[]> {
  const known = appNamed(app.name)!;
  const commandAt = (place: Pick<AppPlace, 'prefix' | 'rewrite' | 'origin'>) =>
    startCommandOf(known, { ...place, port: app.port });
  const here = `127.0.0.1:${app.port}`;
  const plain = startLine(app, commandAt({ prefix: '', rewrite: 'strip', origin: `http://${here}` })!);
  const answers = await whileRunning(app, plain, async () => [
    ...(await followed({ mode: 'straight', start: '', host: here, path: '/' }, app)),
    // What a user sees who gave no flag.
    ...(await followed({ mode: 'strip', start: '', host, path: '/' }, app)),
    ...(await followed({ mode: 'keep', start: '', host, path: `${prefix}/` }, app)),
  ]);
  for (const mode of ['strip', 'keep'] as const) {
    const command = commandAt({ prefix, rewrite: mode, origin: `http://${host}` });
    if (command === undefined || startLine(app, command) === plain) continue;
    const asked = { mode, start: startLine(app, command), host, path: mode === 'strip' ? '/' : `${prefix}/` };
    answers.push(...(await whileRunning(app, asked.start, () => followed(asked, app))));
  }
  return answers;
}

/** Starts an app in a home folder of its own, and ends it with all that it started. */
async function whileRunning<Result>(app: App, line: string, work: () => Promise<Result>): Promise<Result> {
  const home = mkdtempSync(join(tmpdir(), 'kubectl-skyports-app-'));
  for (const [name, text] of Object.entries(app.files ?? {})) writeFileSync(join(home, name), text);
  const env = { HOME: home, PATH: [...installed[app.set].bin, '/usr/bin', '/bin'].join(delimiter) };
  const child = spawn('/bin/bash', ['-c', line], {
    ...{ cwd: home, env, detached: true },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  try {
    await untilItAnswers(app);
    return await work();
  } finally {
    process.kill(-child.pid!, 'SIGKILL');
    await sleep(500);
    rmSync(home, { recursive: true, force: true });
  }
}

async function untilItAnswers(app: App): Promise<void> {
  for (let tries = 0; tries < 240; tries++) {
    try {
      await answerOf({ port: app.port, path: '/', host: `127.0.0.1:${app.port}` });
      return;
    } catch {
      await sleep(250);
    }
  }
  throw new Error(`${app.name} does not answer at port ${app.port}`);
}

type Asked = Pick<RecordedAnswer, 'mode' | 'start' | 'host' | 'path'>;

/** The answer, and those that its redirects lead to. */
async function followed(asked: Asked, { port }: App): Promise<RecordedAnswer[]> {
  const answers: RecordedAnswer[] = [];
  let { path } = asked;
  for (let hops = 0; hops < 4; hops++) {
    const { status, headers, body } = await answerOf({ port, path, host: asked.host });
    answers.push({ ...asked, path, status, headers: stable(headers), body: body.slice(0, longestBody) });
    const { location } = headers;
    if (location === undefined) break;
    const next = new URL(location, `http://${asked.host}${path}`);
    if (next.host !== asked.host) break;
    path = next.pathname + next.search;
  }
  return answers;
}

/** A call as ingress-nginx makes it. */
function answerOf({ port, path, host }: { port: number; path: string; host: string }): Promise<{
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}> {
  const headers = {
    ...{ host, accept: 'text/html,application/xhtml+xml,*/*;q=0.8', 'user-agent': 'kubectl-skyports' },
    ...(host.startsWith('127.') ? {} : forwardedHeaders(host)),
  };
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path, headers, agent: false, timeout: 20_000 }, async (answer) => {
      const body = (await buffer(answer)).toString();
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body });
    });
    call.once('timeout', () => call.destroy(new Error('no answer')));
    call.once('error', reject).end();
  });
}

function forwardedHeaders(host: string): Record<string, string> {
  return {
    'x-real-ip': '172.30.0.1',
    'x-forwarded-for': '172.30.0.1',
    'x-forwarded-host': host,
    'x-forwarded-port': '80',
    'x-forwarded-proto': 'http',
    'x-forwarded-scheme': 'http',
    'x-scheme': 'http',
  };
}

/** Without what differs each time. */
function stable(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const { date: _, ...rest } = headers;
  const cookies = rest['set-cookie']?.map((cookie) => cookie.replace(/=[^;]*/, '=of-the-test'));
  return { ...rest, ...(cookies && { 'set-cookie': cookies }) } as Record<string, string | string[]>;
}

function versionOf({ from, set }: App): string {
  const [python, codeServer = ''] = installed[set].folders;
  const manifest = join(codeServer, 'node_modules', from, 'package.json');
  if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, 'utf8')).version;
  const lib = join(python!, 'lib');
  const packages = readdirSync(join(lib, readdirSync(lib)[0]!, 'site-packages'));
  const found = packages.map((name) => /^(.+)-(.+)\.dist-info$/.exec(name)).find((match) => match?.[1] === from);
  if (!found) throw new Error(`${from} is not installed`);
  return found[2]!;
}
