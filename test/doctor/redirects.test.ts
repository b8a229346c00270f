import test from 'ava';
import { redirectFaultOf } from '../../src/doctor/subjects/redirects.ts';
import type { AddressProbe, FollowedCall, HttpAnswer } from '../../src/snapshot/probe.ts';

const path = '/skypilot/default/train/8888';
const open = { outcome: 'open', code: '' } as const;
const trusted = { trusted: true, code: '', subject: '', issuer: '', validTo: '2027-01-01T00:00:00.000Z', names: [] };
const redirect = (location: string, more: Partial<HttpAnswer> = {}): HttpAnswer => ({
  ...{ outcome: 'answered', status: 302, page: null, location },
  ...more,
});
const called = (http: HttpAnswer, more: Partial<AddressProbe> = {}): AddressProbe => ({
  ...{ address: '203.0.113.7', port: 80, scheme: 'http', host: 'gpu.example.com', path, httpsPort: 443 },
  ...{ proxy: null, names: [], connection: open, certificate: null, http },
  ...more,
});
const followed = (more: Partial<FollowedCall> = {}): { followed: FollowedCall } => ({
  followed: { port: 443, path, connection: open, certificate: trusted, http: null, ...more },
});
const base = 'http://gpu.example.com';
const secure = `https://gpu.example.com${path}`;
const fine = { outcome: 'answered', status: 200, page: null } as const;

const cases: Readonly<Record<string, [AddressProbe, string | undefined]>> = {
  'no redirect': [called(fine), undefined],
  'a redirect that an older version saved': [called({ ...fine, status: 308 }), undefined],
  'a slash is added': [called(redirect(`${base}${path}/`)), undefined],
  'a slash is taken away': [called(redirect(`${base}${path}`), { path: `${path}/` }), undefined],
  'deeper into the path': [called(redirect(`${base}${path}/lab`)), undefined],
  'to https, which answers': [called(redirect(secure), followed({ http: fine })), undefined],
  'to https and on within the path': [
    called(redirect(secure), followed({ http: redirect(`${secure}/lab`) })),
    undefined,
  ],
  'to itself': [called(redirect(`${base}${path}`)), 'loop'],
  'to itself with a cookie': [called(redirect(`${base}${path}`, { setsCookie: true })), undefined],
  'to itself with a query': [called(redirect(`${base}${path}?`)), undefined],
  'to https and to https again': [called(redirect(secure), followed({ http: redirect(secure) })), 'loop'],
  'to https and back': [called(redirect(secure), followed({ http: redirect(`${base}${path}`) })), 'loop'],
  'ingress-nginx, to https and there to the path without its slash': [
    called(redirect(secure, { page: 'ingress-nginx' }), {
      path: `${path}/`,
      ...followed({ path: `${path}/`, http: redirect(secure, { page: 'ingress-nginx' }) }),
    }),
    'loop',
  ],
  'https to itself': [called(redirect(secure), { scheme: 'https', port: 443 }), 'loop'],
  'to https, which refuses': [
    called(redirect(secure), followed({ connection: { outcome: 'refused', code: 'ECONNREFUSED' }, certificate: null })),
    'https-dead',
  ],
  'to https, which has no TLS': [
    called(redirect(secure), followed({ certificate: { ...trusted, trusted: false, code: 'EPROTO', validTo: '' } })),
    'https-dead',
  ],
  'to https that is not there': [called(redirect(secure), { port: 32080, httpsPort: 32443 }), 'other-port'],
  'to the port of the app': [called(redirect(`${base}:8888${path}`)), 'other-port'],
  'to another host': [called(redirect('https://login.example.com/')), 'other-host'],
  'to a name of the Pod': [called(redirect('http://localhost:8888/lab')), 'other-host'],
  'out of the path': [called(redirect(`${base}/lab?`)), 'out-of-path'],
  'to a path that begins alike': [called(redirect(`${base}${path}8/`)), 'out-of-path'],
  'out of the path after https': [
    called(redirect(secure), followed({ http: redirect('https://gpu.example.com/login') })),
    'out-of-path',
  ],
  'anywhere, where there is no path': [called(redirect(`${base}/lab`), { path: '' }), undefined],
};
for (const [name, [probe, kind]] of Object.entries(cases)) {
  test(`${name}: ${kind ?? 'in order'}`, (t) => {
    t.is(redirectFaultOf(probe)?.kind, kind as never);
  });
}

test('what no caller gets through is an error, what leads elsewhere a warning', (t) => {
  const severityOf = (location: string) => redirectFaultOf(called(redirect(location)))?.severity;
  t.is(severityOf(`${base}${path}`), 'error');
  t.is(severityOf('http://127.0.0.1:8888/'), 'error');
  t.is(severityOf('http://train-head.default.svc:8888/'), 'error');
  t.is(severityOf('https://login.example.com/'), 'warning');
  t.is(severityOf(`${base}/lab`), 'warning');
});
