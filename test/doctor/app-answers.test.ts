import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { lookAtPage } from '../../src/probes/look-at-page.ts';
import type { HttpAnswer } from '../../src/snapshot/probe.ts';
import type { RecordedAnswer, RecordedApp } from '../apps/answers.ts';
import { diagnosisOfScenario, dumpNamed } from '../helpers/scenario.ts';

type Answer = RecordedAnswer;

const folder = resolve(import.meta.dirname, '../apps/answers');
const recorded = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as RecordedApp);
const prefix = '/skyports/default/train-2ea485ef/8888';

/** The answer as a call at this path keeps it. */
async function kept({ status, headers, body }: Answer, path: string): Promise<HttpAnswer> {
  const at = `http://203.0.113.70${path}`;
  const isHtml = String(headers['content-type'] ?? '').startsWith('text/html');
  const facts = await lookAtPage({ status, headers, body }, isHtml, at, prefix);
  const location = headers.location === undefined ? {} : { location: new URL(String(headers.location), at).href };
  return { outcome: 'answered', status, page: null, ...location, ...facts };
}

/** What the doctor says of an app behind an Ingress of this plugin: `check severity: message`, and its cures. */
async function said(mode: 'strip' | 'keep', answer: Answer, withoutSlash?: Answer) {
  const dump = dumpNamed(mode === 'strip' ? 'app-own-path-without-slash' : 'app-own-path-and-no-base-url') as {
    topics: { probes: { items: object[] } };
  };
  const [{ address, port, scheme, host, names, connection }] = dump.topics.probes.items as [Record<string, unknown>];
  const path = mode === 'strip' ? `${prefix}/` : answer.path;
  const http = await kept(answer, path);
  const slashless = withoutSlash ? { slashless: await kept(withoutSlash, prefix) } : {};
  const items = [{ address, port, scheme, host, names, connection, path, http, ...slashless }];
  const text = JSON.stringify({ ...dump, topics: { ...dump.topics, probes: { kind: 'List', items } } });
  const { diagnosis } = await diagnosisOfScenario({ name: answer.path, text, arguments: ['train', '8888'] });
  const checks = diagnosis.checks.filter(({ id, outcome }) => id.startsWith('app-') && outcome === 'fail');
  return {
    findings: checks.map(({ id, severity }) => `${id} ${severity}`),
    words: checks.flatMap(({ findings }) => findings.map(({ message }) => message)).join('\n'),
    cures: checks.flatMap(({ findings }) => findings.flatMap(({ cures }) => cures.map((each) => each.note))).join('\n'),
  };
}

const isPlain = ({ start }: Answer) => start === '';
const needsSlash = 'app-needs-slash info';

/** What is found behind a proxy that removes the prefix, if the app was started without an option for it. */
const removed: Readonly<Record<string, readonly string[]>> = {
  'code-server': [needsSlash],
  dash: ['app-served-under-prefix warning'],
  // Its root redirects to /status, which works below the prefix.
  dask: ['app-served-under-prefix info'],
  fastapi: [],
  // The recorded part of the page has no links.
  gradio: [],
  jupyter: ['app-served-under-prefix warning'],
  // With its token, it redirects to /auth/login.
  marimo: ['app-served-under-prefix warning'],
  mlflow: ['app-accepts-host error'],
  panel: [needsSlash],
  streamlit: [needsSlash],
  // The recorded part of the page has no links; its script is at the end of 200 kB.
  tensorboard: [],
};

for (const { app, answers } of recorded) {
  const first = answers.find((each) => each.mode === 'strip' && isPlain(each) && each.path === '/')!;

  test(`${app}, prefix removed: ${removed[app]?.join(', ') || 'nothing'}`, async (t) => {
    t.deepEqual((await said('strip', first, first)).findings, removed[app]);
  });

  for (const answer of answers.filter((each) => !isPlain(each) && each.mode !== 'straight')) {
    const { mode, start, path } = answer;
    if (![prefix, `${prefix}/`, '/'].includes(path)) continue;
    test(`${app}, ${mode}, started with ${JSON.stringify(start)}: its page stays below the prefix`, async (t) => {
      const { findings, words } = await said(mode as 'strip' | 'keep', answer);
      t.deepEqual(findings, [], words);
    });
  }
}

test('JupyterLab without its prefix is told from a proxy that keeps the prefix', async (t) => {
  const answer = recorded
    .find(({ app }) => app === 'jupyter')!
    .answers.find((each) => each.mode === 'keep' && isPlain(each) && each.status === 404)!;
  const { findings, words, cures } = await said('keep', answer);
  t.deepEqual(findings, ['app-served-under-prefix warning']);
  t.regex(words, /^JupyterLab answers 404 at /);
  t.regex(cures, new RegExp(`start JupyterLab with: jupyter lab .*--ServerApp.base_url=${prefix}/`));
});

test('MLflow is told the host of its URL', async (t) => {
  const answer = recorded.find(({ app }) => app === 'mlflow')!.answers.find(({ status }) => status === 403)!;
  t.is(
    (await said('strip', answer)).cures,
    'start MLflow with --allowed-hosts=203.0.113.70 --cors-allowed-origins=http://203.0.113.70',
  );
});

test('every app with a recorded answer has a line', (t) => {
  t.deepEqual(Object.keys(removed).sort(), recorded.map(({ app }) => app).sort());
});
