import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { ensurePackages } from '../../helpers/program.ts';
import { networks } from '../../node/layout.ts';
import { onClient } from '../../node/processes.ts';
import type { App, Place } from './app.ts';

/** For one step: the machine may do other things. */
const patienceMs = 120_000;

/**
 * Debian's Chromium on the client's machine. It knows the names that are given, and asks nobody for others.
 *
 * @param names addresses by name; a name may begin with `*.`
 * @throws Error with the line that installs Chromium
 */
export async function startBrowser(names: Readonly<Record<string, string>>): Promise<Browser> {
  ensurePackages(['chromium']);
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-skyports-browser-'));
  const script = join(folder, 'chromium');
  // It talks to the browser by pipes, which `ip netns exec` leaves open.
  writeFileSync(script, `#!/bin/sh\nexec ${onClient.join(' ')} /usr/bin/chromium "$@"\n`);
  chmodSync(script, 0o755);
  const known = Object.entries(names).map(([name, address]) => `MAP ${name} ${address}`);
  const ours = `${networks.node.split('.').slice(0, 3).join('.')}.*`;
  const rules = [...known, `MAP * ~NOTFOUND`, `EXCLUDE ${ours}`].join(', ');
  const browser = await chromium.launch({
    executablePath: script,
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', `--host-resolver-rules=${rules}`],
    env: { HOME: folder, PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  });
  browser.once('disconnected', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return browser;
}

/** What happened while an app was used. */
export interface Visit {
  /** Why it did not do its work; undefined when it did. */
  readonly failed: string | undefined;
  /** Requests to the same origin that left the prefix, answers with an error, errors of the page. */
  readonly problems: readonly string[];
  readonly requests: number;
  readonly websockets: number;
}

/** Opens an app in a browser of nobody else, and uses it. @param shot where a picture of the end goes */
export async function visit(browser: Browser, app: App, url: string, place: Place, shot?: string): Promise<Visit> {
  const context = await browser.newContext();
  const watched = watch(context, app, url);
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  let failed: string | undefined;
  try {
    await page.goto(app.opens === undefined ? url : place.base + app.opens, { waitUntil: 'domcontentloaded' });
    await app.use(page, place);
    if (app.websocket && watched.websockets === 0) throw new Error('no websocket was opened');
  } catch (error) {
    failed = shortened(error instanceof Error ? error.message : String(error));
  }
  if (shot !== undefined) await page.screenshot({ path: shot }).catch(() => {});
  const problems = [...watched.problems];
  await context.close();
  return { failed, problems, requests: watched.requests, websockets: watched.websockets };
}

/** The first lines, which tell what was waited for, and what a program died of. */
function shortened(message: string): string {
  const lines = message.trim().split('\n');
  const why = lines.slice(3).findLast((line) => /^\S*(Error|Exception): /.test(line));
  return [...lines.slice(0, 3), ...(why === undefined ? [] : [why])].join(' ');
}

interface Watched {
  readonly problems: Set<string>;
  requests: number;
  websockets: number;
}

function watch(context: BrowserContext, { others = [], ownFaults = [] }: App, url: string): Watched {
  const watched: Watched = { problems: new Set(), requests: 0, websockets: 0 };
  const { host, pathname } = new URL(url);
  const prefix = pathname.endsWith('/') ? pathname : `${pathname}/`;
  const isOther = (of: string) => others.includes(new URL(of).hostname);
  // The browser's own wish, which no page asked for.
  const isFavicon = (of: string) => new URL(of).pathname === '/favicon.ico';
  const problem = (text: string) => {
    if (!ownFaults.some((each) => each.test(text))) watched.problems.add(text);
  };
  const look = (asked: string) => {
    const { host: its, pathname: path, protocol } = new URL(asked);
    if (!/^(https?|wss?):$/.test(protocol) || isFavicon(asked)) return;
    watched.requests++;
    if (its !== host) {
      if (!isOther(asked)) problem(`asks ${its}`);
    } else if (!path.startsWith(prefix) && path !== pathname) problem(`leaves the prefix: ${path}`);
  };
  context.on('request', (request) => look(request.url()));
  context.on('response', (response) => {
    if (response.status() < 400 || isFavicon(response.url()) || isOther(response.url())) return;
    problem(`${response.status()} of ${new URL(response.url()).pathname}`);
  });
  context.on('console', (message) => {
    const from = message.location().url;
    if (message.type() !== 'error' || (URL.canParse(from) && (isFavicon(from) || isOther(from)))) return;
    problem(`console: ${message.text()} (${from})`);
  });
  context.on('weberror', (error) => problem(`page: ${error.error().message}`));
  context.on('page', (page) => {
    page.on('websocket', (socket) => {
      look(socket.url());
      socket.on('framereceived', () => {
        watched.websockets++;
      });
      socket.on('socketerror', (error) => problem(`websocket ${new URL(socket.url()).pathname}: ${error}`));
    });
  });
  return watched;
}
