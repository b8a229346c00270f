import { join } from 'node:path';
import test from 'ava';
import type { AddressProbe } from '../../src/snapshot/probe.ts';
import { runIsolated } from '../helpers/isolated.ts';

interface Round {
  /** How long the calls took that get no answer. */
  readonly milliseconds: number;
  readonly asked: { readonly host: string; readonly path: string };
  readonly probes: Readonly<Record<string, AddressProbe>>;
  /** Calls that look at pages. */
  readonly pages: Readonly<Record<string, AddressProbe>>;
  /** A call of a page that does not look at it. */
  readonly unlooked: AddressProbe;
  /** A call of a page that does not end, while no other call runs. */
  readonly endless: AddressProbe;
  /** From the beginning of that call until it gave up reading. */
  readonly endlessMs: number;
  readonly hugeBytes: number;
  readonly marimoOrigins: readonly string[];
}

let round: Round;
test.before(async () => {
  round = await runIsolated(join(import.meta.dirname, 'listeners.ts'));
});

/** What a call met, in a line. */
function met({ names, connection, certificate, http, followed }: AddressProbe): string {
  const said = [
    ...names.map(({ name, outcome, addresses, code }) => `${name} ${addresses.join('+') || `${outcome} ${code}`}`),
    ...(connection ? [`${connection.outcome}${connection.code && ` ${connection.code}`}`] : []),
    ...(certificate ? [certificate.trusted ? 'trusted' : certificate.code] : []),
    ...(http ? [`${http.outcome}${http.status ? ` ${http.status}` : ''}${http.page ? ` by ${http.page}` : ''}`] : []),
  ].join(', ');
  if (!followed) return said;
  return `${said}, then ${met({ ...followed, address: '', scheme: 'https', host: '', proxy: null, names: [] })}`;
}

const expected: Readonly<Record<string, string>> = {
  '200': 'open, answered 200',
  'by name': 'app.test 127.0.0.1, open, answered 200',
  'by another host': 'app.test 127.0.0.1, open, answered 200',
  '301': 'open, answered 301',
  'a redirect to the https port':
    'app.test 127.0.0.1, open, answered 308 by ingress-nginx, then open, trusted, answered 200',
  'a redirect to another https port': 'app.test 127.0.0.1, open, answered 308 by ingress-nginx',
  'a redirect without an https port': 'app.test 127.0.0.1, open, answered 308 by ingress-nginx',
  'a redirect to an https port that refuses': 'open, answered 308 by ingress-nginx, then refused ECONNREFUSED',
  'a redirect to a cookie': 'open, answered 302',
  '400 of a TLS port': 'open, answered 400 by ingress-nginx',
  '404 of an app': 'open, answered 404',
  '404 of an app on nginx': 'open, answered 404',
  '404 of ingress-nginx': 'open, answered 404 by ingress-nginx',
  '404 of Traefik': 'open, answered 404 by Traefik',
  '404 of a default backend': 'open, answered 404 by default backend',
  '500': 'open, answered 500',
  '502 of ingress-nginx': 'open, answered 502 by ingress-nginx',
  '503 of ingress-nginx': 'open, answered 503 by ingress-nginx',
  '503 of an app': 'open, answered 503',
  'a stream of errors': 'open, answered 500',
  'says nothing': 'open, silent',
  'greets like SSH': 'open, no-http',
  'hangs up': 'open, closed',
  refuses: 'refused ECONNREFUSED',
  'no answer': 'no-answer ETIMEDOUT',
  'no route': 'unreachable ENETUNREACH',
  'no such name': 'nowhere.test unknown-name ENOTFOUND',
  'a name that nobody answers': 'silent.test no-answer ETIMEDOUT',
  'a name that leads away': 'private.test 198.18.0.9, open, answered 200',
  'a name of both families': 'both.test ::1+127.0.0.1, open, answered 200',
  'a name whose first address is dead': 'half.test 127.0.0.1+198.18.0.1, open, answered 200',
  IPv6: 'open, answered 200',
  'a good certificate': 'app.test 127.0.0.1, open, trusted, answered 200',
  'an expired one': 'app.test 127.0.0.1, open, CERT_HAS_EXPIRED, answered 200',
  'a foreign one': 'app.test 127.0.0.1, open, UNABLE_TO_VERIFY_LEAF_SIGNATURE, answered 200',
  'one without its intermediate': 'app.test 127.0.0.1, open, UNABLE_TO_VERIFY_LEAF_SIGNATURE, answered 200',
  'one for another host': 'app.test 127.0.0.1, open, ERR_TLS_CERT_ALTNAME_INVALID, answered 200',
  'no TLS at all': 'app.test 127.0.0.1, open, ERR_SSL_WRONG_VERSION_NUMBER',
};

for (const [name, words] of Object.entries(expected)) {
  test(`${name}: ${words}`, (t) => {
    t.is(met(round.probes[name]!), words);
  });
}

test('every listener is told apart, and all of them in parallel', (t) => {
  t.deepEqual(Object.keys(round.probes).sort(), Object.keys(expected).sort());
  // The limit is for all calls together. If they were made one after the other, only the first silence would be met.
  t.true(round.milliseconds > 2900, `${round.milliseconds} ms`);
});

test('the address that this machine calls from is told of a call that is not answered', (t) => {
  t.regex(round.probes['no answer']!.from!, /^198\.18\.0\.\d+$/);
  t.is(round.probes.refuses!.from, undefined);
  t.is(round.probes['200']!.from, undefined);
});

test('the host and the path of the URL are asked for, wherever the connection goes', (t) => {
  t.regex(round.asked.host, /^app\.test:\d+$/);
  t.is(round.asked.path, '/skyports/a/b/8888');
});

test('the certificate is told, and the proxy that would be taken', (t) => {
  const { certificate } = round.probes['one for another host']!;
  t.deepEqual(
    [certificate!.subject, certificate!.issuer, certificate!.names],
    ['other.test', 'Probes', ['other.test']],
  );
  t.regex(round.probes['an expired one']!.certificate!.validTo, /^2020-02-01T/);
  t.regex(round.probes['an expired one']!.certificate!.validFrom!, /^2020-01-01T/);
  t.true(round.probes['one without its intermediate']!.certificate!.lacksIntermediate);
  t.is(round.probes['a foreign one']!.certificate!.lacksIntermediate, undefined);
  t.is(round.probes['no TLS at all']!.proxy, 'http://proxy.test:3128');
  t.is(round.probes['200']!.proxy, null);
});

test('where a redirect leads is told without its query', (t) => {
  const { http, followed } = round.probes['a redirect to the https port']!;
  t.is(http!.location, `https://app.test:${followed!.port}/lab?`);
  t.is(followed!.path, '/lab');
  t.is(http!.setsCookie, undefined);
  t.false(JSON.stringify(round.probes).includes('secret'));
  const cookie = round.probes['a redirect to a cookie']!.http!;
  t.true(cookie.setsCookie);
  t.regex(cookie.location!, /^http:\/\/127\.0\.0\.1:\d+\/p\?$/);
});

test('a port that wants TLS is told by its words', (t) => {
  t.true(round.probes['400 of a TLS port']!.http!.wantsTls);
  t.is(round.probes['404 of ingress-nginx']!.http!.wantsTls, undefined);
});

/** What was seen of a page, in a line. */
function seenOf({ http, followed, landing, slashless, unauthenticated, websocket }: AddressProbe): string {
  const answers = {
    '': followed ? followed.http : http,
    'after it': landing,
    'without slash': slashless,
    'without credentials': unauthenticated?.answer,
    'own site': websocket?.own,
    'other site': websocket?.foreign,
  };
  return Object.entries(answers)
    .flatMap(([what, answer]) => {
      if (!answer) return [];
      const outside = answer.outside?.map(({ kind, path }) => `${kind} ${path}`).join(', ');
      const words = [
        ...[what, answer.outcome === 'answered' ? String(answer.status) : answer.outcome, answer.page ?? ''],
        ...[answer.app ?? '', answer.refusesHost ? 'refuses the host' : '', answer.letsIn ? 'lets in' : ''],
        outside === undefined ? '' : `[${outside}]`,
      ];
      return [words.filter((word) => word !== '').join(' ')];
    })
    .join('; ');
}

const seenPages: Readonly<Record<string, string>> = {
  'a page':
    '200 streamlit [style /x.css]; without slash 200 streamlit [script /skypilot/ns/train/a.js, style /x.css]; own site 101; other site 403',
  'a page at the root': '200 streamlit []; own site 101; other site 101',
  'a page by TLS':
    '200 streamlit [style /x.css]; without slash 200 streamlit [script /skypilot/ns/train/a.js, style /x.css]; own site 101; other site 403',
  'a page whose websocket is refused': '200 streamlit []; without slash 200 streamlit []; own site 403',
  'a page whose websocket is closed': '200 streamlit []; without slash 200 streamlit []; own site closed',
  'a page behind a proxy without websockets': '200 streamlit []; without slash 200 streamlit []; own site 200',
  'a page whose websocket is not to be tried': '200 marimo []; without slash 200 marimo []; without credentials 200',
  'a page that lets in every caller': '200 jupyter []; without slash 403; without credentials 200 lets in',
  'a page that asks for a token': '200 jupyter []; without slash 403; without credentials 403',
  'a page that is redirected to its slash': '200 tensorboard [style /x.css]; without slash 307',
  'a page after a redirect': '302; after it 200 code-server [style /x.css]; without slash 302; without credentials 302',
  'a page that does not end':
    '200 mlflow [style /x.css]; without slash 200 mlflow [script /skypilot/ns/train/a.js, style /x.css]',
  'a page that is huge': '200 []',
  'a page that is compressed': '200; without slash 200',
  'a page of an error': '404 jupyter []',
  'a refused host': '403 mlflow refuses the host',
  'a redirect of Jupyter': '302 jupyter; without slash 302 jupyter; without credentials 302',
  'a short text': '200 ollama',
  'a stream of events': '200',
  'a redirect of a controller': '308 ingress-nginx',
};

for (const [name, words] of Object.entries(seenPages)) {
  test(`${name}: ${words}`, (t) => {
    t.is(seenOf(round.pages[name]!), words);
  });
}

test('every page has its line, and nothing of a page is kept but paths', (t) => {
  t.deepEqual(Object.keys(round.pages).sort(), Object.keys(seenPages).sort());
  t.notRegex(JSON.stringify(round.pages), /secret|<html|<script/);
});

test('only the beginning of a page is read, and the websocket of marimo is left alone', (t) => {
  t.true(round.hugeBytes < 8 * 1024 * 1024, `${round.hugeBytes} bytes were written`);
  t.deepEqual(round.marimoOrigins, []);
});

test('a call that does not look at pages makes no further call', (t) => {
  t.is(seenOf(round.unlooked), '200');
});

test('the time of a call ends with the head of its answer', (t) => {
  // Reading of the page ends half a second after its last part.
  t.true(round.endlessMs - round.endless.tookMs! > 450, `${round.endless.tookMs} of ${round.endlessMs} ms`);
});
