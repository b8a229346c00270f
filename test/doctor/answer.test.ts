import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import {
  type Answer,
  answerOf,
  answersOf,
  rowAfterCall,
  type Standing,
  standingOf,
} from '../../src/doctor/subjects/answer.ts';
import type { Endpoint } from '../../src/exposure/endpoint.ts';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import { type AddressProbe, probeKey } from '../../src/snapshot/probe.ts';
import { lookAt, rowAt, seen } from '../helpers/look.ts';
import { train } from '../helpers/requests.ts';
import { skyLoadBalancer, skyPod } from '../helpers/skypilot-objects.ts';

const docs = join(import.meta.dirname, '../../docs');
const address = '203.0.113.80';
const balanced = rowAt([skyPod(train), skyLoadBalancer(train, [8888], { ip: address })]);
const ingress = { metadata: { name: 'web', namespace: balanced.namespace }, spec: { ingressClassName: 'web' } };
const routed: Endpoint = {
  ...balanced,
  mode: 'ingress',
  source: [{ kind: 'Ingress', namespace: balanced.namespace, name: 'web' }],
};
const behind = (controller: string) => {
  const look = lookAt([]);
  const ingressClasses = seen([{ metadata: { name: 'web' }, spec: { controller } }]);
  return indexSnapshot({ ...look, topics: { ...look.topics, ingresses: seen([ingress]), ingressClasses } });
};
const view = behind('k8s.io/ingress-nginx');

const call = { address, port: 8888, scheme: 'http', host: address, path: '' } as const;
const base: AddressProbe = { ...call, proxy: null, names: [], connection: null, certificate: null, http: null };
const open = { outcome: 'open', code: '' } as const;
const met = (changes: Partial<AddressProbe>): AddressProbe => ({ ...base, tookMs: 12, ...changes });
const http = (status: number, page: string | null = null) =>
  met({ connection: open, http: { outcome: 'answered', status, page } });
const answer = (row: Endpoint, probe: AddressProbe): Answer => answerOf(row, new Map([[probeKey(probe), probe]]), view);

const cases: Readonly<Record<string, [AddressProbe, text: string, balancer: Standing, ingress: Standing]>> = {
  'an answer': [http(200), '200 in 12 ms', 'answers', 'answers'],
  'who is not let in': [http(401), '401 in 12 ms', 'answers', 'answers'],
  'an error of the app': [http(503), '503 in 12 ms', 'answers', 'answers'],
  "a controller's 404": [http(404, 'ingress-nginx'), '404 from ingress-nginx', 'waits', 'waits'],
  "a controller's 503": [http(503, 'ingress-nginx'), '503 from ingress-nginx', 'waits', 'waits'],
  "a controller's 502": [http(502, 'Traefik'), '502 from Traefik', 'nothing-listens', 'nothing-listens'],
  'a demand for credentials': [http(401, 'ingress-nginx'), '401 from ingress-nginx', 'answers', 'answers'],
  'a connection that is closed': [
    met({ connection: open, http: { outcome: 'closed', status: 0, page: null } }),
    'connects, then closes',
    'answers',
    'waits',
  ],
  'a redirect to itself': [
    met({
      connection: open,
      http: { outcome: 'answered', status: 302, page: null, location: `http://${address}:8888/` },
    }),
    '302 in a circle',
    'waits',
    'waits',
  ],
  'an answer after a redirect to https': [
    met({
      connection: open,
      http: { outcome: 'answered', status: 308, page: 'ingress-nginx', location: `https://${address}/` },
      httpsPort: 443,
      followed: {
        port: 443,
        path: '/',
        connection: open,
        certificate: { trusted: true, code: '', subject: '', issuer: '', validTo: '2027-01-01', names: [] },
        http: { outcome: 'answered', status: 200, page: null },
      },
    }),
    '200 by https in 12 ms',
    'answers',
    'answers',
  ],
  'a refusal': [
    met({ connection: { outcome: 'refused', code: 'ECONNREFUSED' } }),
    'refused',
    'nothing-listens',
    'waits',
  ],
  silence: [met({ connection: { outcome: 'no-answer', code: 'ETIMEDOUT' } }), 'timeout', 'waits', 'waits'],
  'no way': [met({ connection: { outcome: 'unreachable', code: 'EHOSTUNREACH' } }), 'unreachable', 'waits', 'waits'],
  'another protocol': [
    met({ connection: open, http: { outcome: 'no-http', status: 0, page: null } }),
    'connects, no HTTP',
    'answers',
    'waits',
  ],
  'a proxy': [
    met({ proxy: 'http://proxy:3128', connection: { outcome: 'no-answer', code: 'ETIMEDOUT' } }),
    'timeout',
    'not-called',
    'not-called',
  ],
  'a name that does not resolve': [
    met({ names: [{ name: 'x', outcome: 'unknown-name', addresses: [], code: 'ENOTFOUND' }] }),
    'name does not resolve',
    'waits',
    'waits',
  ],
  'https without TLS': [
    met({
      connection: open,
      certificate: { trusted: false, code: 'EPROTO', subject: '', issuer: '', validTo: '', names: [] },
    }),
    'connects, no TLS (EPROTO)',
    'waits',
    'waits',
  ],
};
for (const [title, [probe, text, balancer, ingress]] of Object.entries(cases)) {
  test(title, (t) => {
    t.is(answer(balanced, probe).text, text);
    t.is(standingOf(balanced, answer(balanced, probe)), balancer);
    t.is(standingOf(routed, answer(routed, probe)), ingress);
  });
}

test('a private address that is not reached counts as not called', (t) => {
  const row = rowAt([skyPod(train), skyLoadBalancer(train, [8888], { ip: '10.0.0.5' })]);
  const probe = {
    ...met({ connection: { outcome: 'no-answer', code: 'ETIMEDOUT' } }),
    address: '10.0.0.5',
    host: '10.0.0.5',
  };
  const { why, text } = answer(row, probe);
  t.deepEqual([text, why], ['timeout', '10.0.0.5 is a private address that this machine does not reach']);
  t.is(standingOf(row, answer(row, probe)), 'not-called');
});

test('a host that is not in DNS: its address answers, and callers do not find it', (t) => {
  const names = [{ name: 'app.example.com', outcome: 'unknown-name', addresses: [], code: 'ENOTFOUND' }] as const;
  const row = { ...routed, url: 'http://app.example.com:8888', addresses: [address] };
  const at = { host: 'app.example.com', names };
  const found = answer(row, { ...http(200), ...at });
  t.like(found, { outcome: 'unknown-name', status: 200, text: 'name does not resolve' });
  t.is(found.why, 'app.example.com does not resolve on this machine');
  t.is(standingOf(row, found), 'not-called');
  t.is(standingOf(row, answer(row, { ...http(404, 'ingress-nginx'), ...at })), 'waits');
});

const untold = [
  ['k8s.io/ingress-nginx', 404, '404 in 12 ms'],
  ['traefik.io/ingress-controller', 502, '502 in 12 ms'],
  ['webapprouting.kubernetes.azure.com/nginx', 404, '404 in 12 ms'],
  ['example.com/mine', 200, '200 in 12 ms'],
  ['example.com/mine', 404, '404 from the app or its controller'],
  ['example.com/mine', 401, '401 from the app or its controller'],
  ['example.com/mine', 500, '500 from the app or its controller'],
  ['k8s.io/ingress-nginx', 500, '500 in 12 ms'],
  ['nginx.org/ingress-controller', 404, '404 from the app or its controller'],
  ['tailscale.com/ts-ingress', 502, '502 from the app or its controller'],
] as const;
for (const [controller, status, text] of untold) {
  test(`${status} behind ${controller}, without a sign of its sender: ${text}`, (t) => {
    const probe = http(status);
    const found = answerOf(routed, new Map([[probeKey(probe), probe]]), behind(controller));
    t.like(found, { outcome: 'answered', status, from: null, text });
    t.is(found.why !== null, text.includes('or its'));
    t.is(answer(balanced, probe).text, `${status} in 12 ms`, 'callers of a load balancer reach the app itself');
  });
}

for (const status of [301, 302, 307, 308]) {
  for (const [location, followed, outcome, text] of [
    [`http://${address}:8888/`, undefined, 'redirect', `${status} in a circle`],
    [`http://${address}:8888/app/`, undefined, 'answered', `${status} from ingress-nginx`],
    ['https://login.example.com/', undefined, 'answered', `${status} to another host`],
    ['http://localhost:8888/', undefined, 'redirect', `${status} to another host`],
    [`https://${address}:8443/`, undefined, 'redirect', `${status} to another port`],
    [`https://${address}/`, 200, 'answered', '200 by https in 12 ms'],
    [`https://${address}/`, status, 'redirect', `${status} in a circle`],
    [`https://${address}/`, 0, 'redirect', `${status} to https, no answer`],
  ] as const) {
    test(`a ${status} of the controller to ${location}, then ${followed}: ${text}`, (t) => {
      const redirect = { outcome: 'answered', status, page: 'ingress-nginx', location } as const;
      const then = { ...redirect, status: followed ?? 0, page: followed === status ? redirect.page : null };
      const probe = met({
        ...{ connection: open, httpsPort: 443, http: redirect },
        ...(followed !== undefined && {
          followed: {
            ...{ port: 443, path: '/', certificate: null },
            connection: followed === 0 ? { outcome: 'refused', code: 'ECONNREFUSED' } : open,
            http: followed === 0 ? null : { ...then, location: followed === status ? location : null },
          },
        }),
      });
      const found = answer(routed, probe);
      t.like(found, { outcome, text, status: followed === 200 ? 200 : status });
      t.is(found.from, followed === 200 ? null : 'ingress-nginx');
    });
  }
}

test('a redirect out of the path says so', (t) => {
  const path = '/skypilot/default/train/8888';
  const redirect = { outcome: 'answered', status: 307, page: null, location: `http://${address}:8888/lab` } as const;
  t.like(answer({ ...routed, url: `${balanced.url}${path}` }, { ...met({ connection: open, http: redirect }), path }), {
    outcome: 'answered',
    text: '307 out of its path',
  });
});

test('doctor and endpoints --check describe a call alike', (t) => {
  const probe = http(503, 'ingress-nginx');
  const snapshot = lookAt([skyPod(train), skyLoadBalancer(train, [8888], { ip: address })]);
  const topics = { ...snapshot.topics, probes: seen([probe]) };
  const [called, ...others] = answersOf([balanced], indexSnapshot({ ...snapshot, topics }));
  t.deepEqual(others, []);
  t.deepEqual(called, { url: balanced.url!, ...answer(balanced, probe) });
  const schemaOf = (name: string) => JSON.parse(readFileSync(join(docs, `${name}.schema.json`), 'utf8'));
  const { url, ...inDiagnosis } = schemaOf('diagnosis').properties.answers.items.properties;
  t.deepEqual(inDiagnosis, schemaOf('endpoint-list').$defs.endpoint.properties.answer.properties);
  const { toLogin, ...always } = inDiagnosis;
  t.is(toLogin.const, true);
  t.deepEqual(Object.keys(always).sort(), Object.keys(answer(balanced, probe)).sort());
});

test('a call shows that the app asks, or that something before it asks', (t) => {
  const accessAfter = (row: Endpoint, probe: AddressProbe) => rowAfterCall(row, answer(row, probe)).access;
  const redirect = (path: string) =>
    met({
      connection: open,
      http: { outcome: 'answered', status: 302, page: null, location: `http://${address}:8888${path}` },
    });
  t.deepEqual(accessAfter(balanced, http(200)), ['none']);
  t.deepEqual(accessAfter(balanced, http(401)), ['app']);
  t.deepEqual(accessAfter(balanced, http(403)), ['app']);
  t.deepEqual(accessAfter(balanced, http(404)), ['none']);
  t.deepEqual(accessAfter(balanced, redirect('/login')), ['app']);
  t.like(answer(balanced, redirect('/login?')), { text: '302 to its login in 12 ms', toLogin: true });
  t.deepEqual(accessAfter(balanced, redirect('/logins/of/users')), ['none']);
  t.deepEqual(accessAfter({ ...balanced, access: ['allow-list'] }, http(401)), ['allow-list', 'app']);
  t.deepEqual(accessAfter(routed, http(401, 'ingress-nginx')), ['unknown'], 'a login for all Ingresses');
  t.deepEqual(accessAfter({ ...routed, access: ['password'] }, http(401, 'ingress-nginx')), ['password']);
});

test('of several addresses the best answer counts', (t) => {
  const row = { ...balanced, addresses: [address, '203.0.113.81'] };
  const second = { ...http(200), address: '203.0.113.81', host: '203.0.113.81' };
  const first = met({ connection: { outcome: 'no-answer', code: 'ETIMEDOUT' } });
  const probes = new Map([first, second].map((probe) => [probeKey(probe), probe]));
  t.is(answerOf(row, probes, undefined).text, '200 in 12 ms');
});

test('what is not called says why', (t) => {
  const podIp: Endpoint = { ...balanced, mode: 'podip' };
  t.like(answerOf(podIp, new Map(), undefined), {
    outcome: 'not-called',
    text: 'not called',
    why: 'its address works only inside the Kubernetes cluster',
  });
  t.is(answerOf({ ...balanced, protocol: 'UDP', url: null }, new Map(), undefined).why, 'UDP ports are not called');
});
