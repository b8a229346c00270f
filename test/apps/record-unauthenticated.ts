// node test/apps/record-unauthenticated.ts [APP...]: writes unauthenticated.json: what apps that run code answer to a caller
// without credentials, started with and without their login, on this machine. Ray is taken from PATH.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { appNamed } from '../../src/apps/all-apps.ts';
import type { AppName } from '../../src/apps/names.ts';
import { installApps } from './installed.ts';

/** An answer to a caller without credentials. */
export interface UnauthenticatedRecord {
  readonly app: AppName;
  /** How the app was started. */
  readonly start: string;
  /** Whether the app was started so that it lets in every caller. */
  readonly isOpen: boolean;
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The beginning, in characters. */
  readonly body: string;
}

const notebook = 'import marimo\napp = marimo.App()\n\n@app.cell\ndef _():\n    6 * 7\n    return\n';
const port = 18_800;
const at = `--port=${port}`;
const ray = `ray start --head --block --port=6399 --dashboard-port=${port} --min-worker-port=21000 --max-worker-port=21999 --num-cpus=1 --disable-usage-stats`;
const starts: readonly Pick<UnauthenticatedRecord, 'app' | 'start' | 'isOpen'>[] = [
  { app: 'jupyter', isOpen: true, start: `jupyter lab --allow-root --no-browser ${at} --IdentityProvider.token=` },
  { app: 'jupyter', isOpen: false, start: `jupyter lab --allow-root --no-browser ${at} --IdentityProvider.token=a` },
  { app: 'marimo', isOpen: true, start: `marimo edit notebook.py --headless ${at} --no-token` },
  { app: 'marimo', isOpen: false, start: `marimo edit notebook.py --headless ${at} --token-password=a` },
  { app: 'marimo', isOpen: false, start: `marimo run notebook.py --headless ${at} --no-token` },
  { app: 'code-server', isOpen: true, start: `code-server --bind-addr=127.0.0.1:${port} --auth=none` },
  { app: 'code-server', isOpen: false, start: `PASSWORD=a code-server --bind-addr=127.0.0.1:${port} --auth=password` },
  { app: 'ray-dashboard', isOpen: true, start: ray },
  { app: 'ray-dashboard', isOpen: false, start: `ray get-auth-token --generate && RAY_AUTH_MODE=token ${ray}` },
];

const file = join(import.meta.dirname, 'unauthenticated.json');
const known: readonly UnauthenticatedRecord[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
const wanted = process.argv.slice(2);
const bin = [...(await installApps('few')).bin, ...(await installApps('more')).bin, process.env.PATH];
const records: UnauthenticatedRecord[] = [];
for (const each of starts) {
  const earlier = known.find(({ start }) => start === each.start);
  const isWanted = wanted.length === 0 || wanted.includes(each.app);
  if (isWanted) records.push(await recorded(each));
  else if (earlier) records.push(earlier);
  writeFileSync(file, `${JSON.stringify(records, undefined, 2)}\n`);
}

async function recorded({ app, start, isOpen }: (typeof starts)[number]): Promise<UnauthenticatedRecord> {
  const home = mkdtempSync(join(tmpdir(), 'kubectl-skyports-app-'));
  writeFileSync(join(home, 'notebook.py'), notebook);
  const env = { HOME: home, PATH: bin.join(delimiter) };
  const child = spawn('/bin/bash', ['-c', start], { cwd: home, env, detached: true, stdio: 'ignore' });
  try {
    const path = `/${appNamed(app)!.runsCode!.path}`;
    const answer = await untilAnswered(`http://127.0.0.1:${port}${path}`);
    const { date: _, 'set-cookie': __, ...headers } = Object.fromEntries(answer.headers);
    const body = (await answer.text()).slice(0, 2048);
    process.stderr.write(`${app} ${answer.status}: ${start}\n`);
    return { app, start, isOpen, path, status: answer.status, headers, body };
  } finally {
    process.kill(-child.pid!, 'SIGTERM');
    await sleep(3000);
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // It ended.
    }
    await sleep(500);
    rmSync(home, { recursive: true, force: true });
  }
}

async function untilAnswered(url: string): Promise<Response> {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await fetch(url, { redirect: 'manual' }).catch(() => undefined);
    // Apps that are starting may answer 503 or 404 for a moment.
    if (answer && answer.status < 404) return answer;
    await answer?.body?.cancel();
    await sleep(500);
  }
  throw new Error(`${url} is not answered`);
}
