import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import anyTest from 'ava';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { fortyClusters } from '../helpers/forty-clusters.ts';
import { diagnose, readScenario, textOf } from '../helpers/scenario.ts';

// These tests open the page of `doctor -o html` from disk, in a real browser without a network. Without Chromium, they
// count as skipped.
const found = [
  process.env.SKYPORTS_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = found.find((file) => file !== undefined && existsSync(file));
const test = executablePath === undefined ? anyTest.serial.skip : anyTest.serial;

/** For one step: the machine may do other things. */
const patienceMs = 300_000;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'kubectl-skyports-page-'));
let browser: Browser | undefined;

anyTest.before(async () => {
  if (executablePath === undefined) return;
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND'];
  browser = await chromium.launch({ executablePath, args, timeout: patienceMs });
});

anyTest.after.always(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes the page of a scenario. @param change changes the text of the scenario */
async function writePage(name: string, change = (text: string) => text): Promise<string> {
  const scenario = readScenario(name, textOf(name));
  const { stdout } = await diagnose({ ...scenario, text: change(scenario.text) }, '-o', 'html');
  const file = join(folder, `${name}-${Math.random()}.html`);
  writeFileSync(file, stdout);
  return pathToFileURL(file).href;
}

/** A page, and everything it did wrong: errors, messages, requests of others than itself. */
async function opened(url: string, options: Parameters<Browser['newContext']>[0]) {
  const context = await browser!.newContext(options);
  const problems = watched(context, url);
  const page = await context.newPage();
  page.setDefaultTimeout(patienceMs);
  await page.goto(url);
  return { context, page, problems };
}

function watched(context: BrowserContext, url: string): string[] {
  const problems: string[] = [];
  context.on('request', (request) => {
    if (request.url() !== url) problems.push(`request: ${request.url()}`);
  });
  context.on('console', (message) => problems.push(`console: ${message.text()}`));
  context.on('weberror', (error) => problems.push(`error: ${error.error().message}`));
  context.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  return problems;
}

/** The accessibility rules of WCAG 2.2, AA, that the page breaks. The policy of the page admits no script, so axe runs in the frame of the debugger. */
async function axeFindings(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  await session.send('Runtime.evaluate', { expression: axe });
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`,
    awaitPromise: true,
    returnByValue: true,
  });
  return result.value as string[];
}

for (const scenario of ['probe-healthy', 'controller-rke2', 'two-faults-in-two-clusters']) {
  test(`${scenario}: no request, no error, accessible, and no overflow, light and dark`, async (t) => {
    const url = await writePage(scenario);
    for (const [colorScheme, width] of [
      ['light', 1280],
      ['dark', 360],
      ['light', 360],
      ['dark', 1280],
    ] as const) {
      const { context, page, problems } = await opened(url, { colorScheme, viewport: { width, height: 800 } });
      for (const summary of await page.locator('summary').all()) await summary.click();
      t.is(await page.evaluate('document.documentElement.scrollWidth'), width, `${colorScheme} ${width}`);
      t.deepEqual(await axeFindings(page), [], `${colorScheme} ${width}`);
      t.deepEqual(problems, [], `${colorScheme} ${width}`);
      await context.close();
    }
  });
}

/** How many lines each heading of the table of modes has. A word that is broken has two. */
const linesOfHeadings = `[...document.querySelectorAll('#possible + .card thead th')].map((cell) => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return new Set([...range.getClientRects()].map(({ top }) => top)).size;
})`;

test('many SkyPilot clusters with the same faults: one finding with a count, and most ports are folded', async (t) => {
  const { stdout } = await diagnose({ text: fortyClusters(), arguments: [] }, '-o', 'html');
  const file = join(folder, 'forty.html');
  writeFileSync(file, stdout);
  t.true(stdout.length < 400_000, `${stdout.length} characters`);
  for (const [colorScheme, width] of [
    ['light', 1280],
    ['dark', 360],
  ] as const) {
    const { context, page, problems } = await opened(pathToFileURL(file).href, {
      colorScheme,
      viewport: { width, height: 800 },
    });
    const waiting = page.locator('article.finding:has-text("load-balancer-address")');
    t.is(await waiting.locator('summary:has-text("Evidence")').count(), 1);
    t.true((await waiting.innerText()).includes('similar findings for 19 more SkyPilot clusters: '));
    t.is(await page.locator('article.card .path:visible').count(), 6);
    await page.locator('summary:has-text("34 more ports")').click();
    t.is(await page.locator('article.card .path:visible').count(), 40);
    if (width === 1280) t.deepEqual(await page.evaluate(linesOfHeadings), [1, 1, 1]);
    t.is(await page.evaluate('document.documentElement.scrollWidth'), width, `${colorScheme} ${width}`);
    t.deepEqual(await axeFindings(page), [], `${colorScheme} ${width}`);
    t.deepEqual(problems, [], `${colorScheme} ${width}`);
    await context.close();
  }
});

test('a command is copied by the keyboard', async (t) => {
  const url = await writePage('controller-rke2');
  const { context, page, problems } = await opened(url, { permissions: ['clipboard-read', 'clipboard-write'] });
  const button = page.locator('button.copy').first();
  await button.focus();
  await page.keyboard.press('Enter');
  await page.locator('#said:has-text("copied")').waitFor({ state: 'attached' });
  t.is(await page.evaluate('navigator.clipboard.readText()'), 'kubectl skyports annotate --signpost 203.0.113.11');
  t.deepEqual(problems, []);
  await context.close();
});

test('hostile names are text: no script runs, and no request is sent', async (t) => {
  const hostile =
    '</title><script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>\\"\'><svg onload=alert(3)>';
  const url = await writePage('two-faults-in-two-clusters', (text) =>
    text.replaceAll('low on resource', `low ${hostile}`).replaceAll('"train"', `"train${hostile}"`),
  );
  const { context, page, problems } = await opened(url, {});
  t.true((await page.locator('body').innerText()).includes('<script>alert(1)</script>'));
  t.is(await page.locator('img, svg:not(.path), body script:not(:last-child)').count(), 0);
  t.deepEqual(problems, []);
  await context.close();
});
