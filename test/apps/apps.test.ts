import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { appsDocument } from '../../scripts/docs/apps-document.ts';
import { allApps, appNamed, appOf, usualAppOf } from '../../src/apps/all-apps.ts';
import { appLines, usualStartOf } from '../../src/apps/app-lines.ts';
import { appNames } from '../../src/apps/names.ts';
import { startCommandOf } from '../../src/apps/start-command.ts';
import { helpTopics } from '../../src/commands/help-topics.ts';
import { sameDocument } from '../helpers/same-document.ts';
import type { RecordedApp } from './answers.ts';
import type { UnauthenticatedRecord } from './record-unauthenticated.ts';

const answers = resolve(import.meta.dirname, 'answers');
const recorded = readdirSync(answers).map(
  (file) => JSON.parse(readFileSync(join(answers, file), 'utf8')) as RecordedApp,
);

test('every app has its name in the list, once', (t) => {
  t.deepEqual(allApps.map(({ name }) => name).toSorted(), [...appNames].toSorted());
});

test('the real apps that were run are those with a recorded answer', (t) => {
  const ran = allApps.filter(({ evidence }) => evidence === 'ran').map(({ name }) => name);
  t.deepEqual(ran.toSorted(), recorded.map(({ app }) => app).toSorted());
});

for (const { app, answers: pages } of recorded) {
  test(`${app}: its page is recognized, and no answer is taken for that of another app`, (t) => {
    const page = pages
      .filter(({ mode, status }) => mode === 'straight' && (status === 200 || app === 'fastapi'))
      .at(-1);
    t.is(appOf(page!)?.name, app as never);
    // These apps are built on FastAPI, and their answers to an unknown path are FastAPI's.
    const own = ['gradio', 'marimo'].includes(app) ? [app, 'fastapi', undefined] : [app, undefined];
    for (const answer of pages) {
      t.true(own.includes(appOf(answer)?.name), `${answer.mode} ${answer.path}: ${appOf(answer)?.name}`);
      for (const each of allApps.filter((other) => other.name !== 'fastapi' && other.name !== app))
        t.false(each.isIt(answer), `${each.name}: ${answer.mode} ${answer.path}`);
    }
  });
}

for (const { app, answers: pages } of recorded) {
  test(`${app} is recognized behind ingress-nginx, which hides the Server header`, (t) => {
    const first = pages.find(({ mode, start, path }) => mode === 'strip' && start === '' && path === '/')!;
    for (const server of [{}, { server: 'nginx' }]) {
      const { server: _, ...headers } = first.headers;
      t.is(appOf({ ...first, headers: { ...headers, ...server } })?.name, appOf(first)?.name);
    }
  });
}

const unauthenticated: readonly UnauthenticatedRecord[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'unauthenticated.json'), 'utf8'),
);
for (const { app, start, isOpen, ...page } of unauthenticated) {
  test(`${app} ${isOpen ? 'lets in every caller' : 'asks for credentials'}: ${start}`, (t) => {
    t.is(appNamed(app)!.runsCode!.letsIn(page), isOpen);
  });
}

test('an app below a prefix has a start command for its way', (t) => {
  for (const { name, belowPrefix, start } of allApps) {
    if (belowPrefix === 'host-only') t.deepEqual(Object.keys(start), ['host'], name);
    else t.is(typeof start[belowPrefix], 'string', name);
  }
});

test('start commands have no unknown placeholder, and nothing that a shell would change', (t) => {
  const place = { prefix: '/skyports/default/train-2ea4/8888', port: 8888, origin: 'http://203.0.113.7:8080' } as const;
  for (const app of allApps) {
    for (const rewrite of ['strip', 'keep'] as const) {
      const line = startCommandOf(app, { ...place, rewrite });
      if (line === undefined) continue;
      t.notRegex(line, /[{}$`;&|<>()*?!]/, app.name);
      t.notRegex(line, /HOST\b(?!=)/, app.name);
    }
  }
});

test('the place of an app is filled in, and an IPv6 host is quoted', (t) => {
  const jupyter = appNamed('jupyter')!;
  const mlflow = appNamed('mlflow')!;
  const prefix = '/skyports/default/train-2ea4/8888';
  t.is(
    startCommandOf(jupyter, { prefix, rewrite: 'keep', port: 8888, origin: 'http://203.0.113.7' }),
    `jupyter lab --ip=0.0.0.0 --port=8888 --no-browser --ServerApp.base_url=${prefix}/`,
  );
  t.is(startCommandOf(jupyter, { prefix, rewrite: 'strip', port: 8888, origin: undefined }), undefined);
  t.is(
    startCommandOf(mlflow, { prefix: '', rewrite: 'strip', port: 5000, origin: 'http://[2001:db8::1]:30500' }),
    "mlflow server --host=0.0.0.0 --port=5000 '--allowed-hosts=[2001:db8::1]:30500' '--cors-allowed-origins=http://[2001:db8::1]:30500'",
  );
  t.is(
    startCommandOf(appNamed('dash')!, { prefix, rewrite: 'keep', port: 8050, origin: undefined }),
    `DASH_URL_BASE_PATHNAME=${prefix}/ HOST=0.0.0.0 PORT=8050 python APP.py`,
  );
});

test('a port has a usual app only if one app alone usually has it', (t) => {
  t.is(usualAppOf(8888)?.name, 'jupyter');
  t.is(usualAppOf(8080), undefined);
  t.is(usualAppOf(1), undefined);
});

test('help apps names every app', (t) => {
  const lines = appLines().join('\n');
  for (const name of appNames) t.regex(lines, new RegExp(`^ {2}${name} {3,}\\S`, 'm'));
});

test('help apps explains every placeholder of the start commands', (t) => {
  const topic = helpTopics.find(({ name }) => name === 'apps')!.paragraphs.join(' ');
  const starts = allApps.map((app) => usualStartOf(app).replaceAll(/[A-Z][A-Z_0-9]*=/g, '')).join(' ');
  const placeholders = new Set(starts.match(/(?<![\w-])[A-Z][A-Z_]+\b/g));
  t.true(placeholders.has('PREFIX') && placeholders.has('MODEL'));
  for (const word of placeholders) t.regex(topic, new RegExp(`\\b${word}\\b`), word);
});

test('docs/apps.md is what npm run docs makes', (t) => {
  sameDocument(t, 'docs/apps.md', appsDocument(), 'run npm run docs');
});
