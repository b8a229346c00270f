import test from 'ava';
import { UsageError } from '../../../src/errors/usage-error.ts';
import { withAddress } from '../../../src/modes/ingress/host-pattern.ts';
import { ask, base, ingressWrite, pathsOf } from '../../helpers/ingress-plans.ts';
import type { KubernetesObject } from '../../helpers/look.ts';
import { type Asked, exposed, planAt, train } from '../../helpers/requests.ts';
import { saidBy } from '../../helpers/said.ts';
import { ingressClass, ingressNginxService, skyPod } from '../../helpers/skypilot-objects.ts';

const C = train.nameOnCloud;

const routes: Readonly<Record<string, [Asked, string[]]>> = {
  keep: [{ rewrite: 'keep' }, [`* /()(skyports/default/${C}/8888(?:/.*|$)) 8888:8888`]],
  'a path': [{ path: '/team/app' }, ['* /team/app(/|$)(.*) 8888:8888']],
  'a path, kept': [{ path: '/v1.2', rewrite: 'keep' }, ['* /()(v1[.]2(?:/.*|$)) 8888:8888']],
  'the root, by force': [{ path: '', force: true }, ['* /()(.*) 8888:8888']],
  'a host: all of it': [{ host: 'app.example.com' }, ['app.example.com /()(.*) 8888:8888']],
  'a host and a path': [{ host: 'app.example.com', path: '/x' }, ['app.example.com /x(/|$)(.*) 8888:8888']],
  'a host for several ports': [
    { host: 'app.example.com', ports: '80 81' },
    [
      `app.example.com /skyports/default/${C}/80(/|$)(.*) 80:80`,
      `app.example.com /skyports/default/${C}/81(/|$)(.*) 81:81`,
    ],
  ],
  'a host for each of several ports, without a prefix': [
    { host: '{port}-{cluster}.{namespace}.example.com', ports: '80 81' },
    [`80-${C}.default.example.com /()(.*) 80:80`, `81-${C}.default.example.com /()(.*) 81:81`],
  ],
  'a host for each port below a path': [
    { host: '{port}.example.com', path: '/x' },
    ['8888.example.com /x(/|$)(.*) 8888:8888'],
  ],
  'one pattern for several ports': [
    { host: '{cluster}.example.com', ports: '80 81' },
    [
      `${C}.example.com /skyports/default/${C}/80(/|$)(.*) 80:80`,
      `${C}.example.com /skyports/default/${C}/81(/|$)(.*) 81:81`,
    ],
  ],
  'the address of the controller': [
    { host: '{port}.{address}.sslip.io' },
    ['8888.203-0-113-9.sslip.io /()(.*) 8888:8888'],
  ],
};
for (const [title, [asked, expected]] of Object.entries(routes)) {
  test(`fresh, ${title}`, (t) => t.deepEqual(pathsOf(ingressWrite(base, asked).manifest), expected));
}

test('the root of every host is refused', (t) => {
  const error = t.throws(() => planAt(base, ask({ path: '' })), { instanceOf: UsageError });
  t.is(error.message, '--path / without a host would lead every path of every host to port 8888');
});

const second: Readonly<Record<string, [first: Asked[], then: Asked, string[]]>> = {
  'a port changes only in what is named: rewrite': [
    [{ path: '/a' }],
    { rewrite: 'keep' },
    ['* /()(a(?:/.*|$)) 8888:8888'],
  ],
  'a port changes only in what is named: path': [
    [{ path: '/a', rewrite: 'keep' }],
    { path: '/b' },
    ['* /()(b(?:/.*|$)) 8888:8888'],
  ],
  'a port changes only in what is named: host': [
    [{ path: '/a' }],
    { host: 'app.example.com' },
    ['app.example.com /a(/|$)(.*) 8888:8888'],
  ],
  'a host for each port replaces the path of a port that is open': [
    [{ path: '/a' }],
    { host: '{port}.example.com' },
    ['8888.example.com /()(.*) 8888:8888'],
  ],
  'an empty --host takes every host again': [
    [{ path: '/a', host: 'app.example.com' }],
    { host: '' },
    ['* /a(/|$)(.*) 8888:8888'],
  ],
  'a port that loses its host gets the usual path': [
    [{ host: 'app.example.com' }],
    { host: '' },
    [`* /skyports/default/${C}/8888(/|$)(.*) 8888:8888`],
  ],
  'other ports keep their place': [
    [{ ports: '80', path: '/a', rewrite: 'keep', host: 'app.example.com' }],
    { ports: '81', path: '/b' },
    ['app.example.com /()(a(?:/.*|$)) 80:80', '* /b(/|$)(.*) 81:81'],
  ],
};
for (const [title, [calls, then, expected]] of Object.entries(second)) {
  test(title, (t) => t.deepEqual(pathsOf(ingressWrite(exposed(base, ...calls.map(ask)), then).manifest), expected));
}

const clashes: Readonly<Record<string, [first: Asked[], then: Asked, RegExp]>> = {
  'two ports at one path': [
    [{ path: '/a' }],
    { ports: '9000', path: '/a' },
    /^ports 8888 and 9000 would both answer at any host\/a; give port 9000 another place with --path or --host$/,
  ],
  'strip and keep at one path': [[{ path: '/a' }], { ports: '9000', path: '/a', rewrite: 'keep' }, /would both answer/],
  'two ports at the root of a host': [
    [{ host: 'app.example.com' }],
    { ports: '9000', host: 'app.example.com' },
    /^ports 8888 and 9000 would both answer at app\.example\.com\/;/,
  ],
};
for (const [title, [calls, then, says]] of Object.entries(clashes)) {
  test(`${title} clash`, (t) => {
    const error = t.throws(() => planAt(exposed(base, ...calls.map(ask)), ask(then)), { instanceOf: UsageError });
    t.regex(saidBy(error), says);
  });
}

test('one path on two hosts is no clash', (t) => {
  t.notThrows(() =>
    planAt(exposed(base, ask({ host: 'a.example.com' })), ask({ ports: '9000', host: 'b.example.com' })),
  );
});

const named = {
  ...ingressNginxService(),
  status: { loadBalancer: { ingress: [{ hostname: 'lb.example.com' }] } },
};
const noHost: Readonly<Record<string, [readonly KubernetesObject[], string, RegExp]>> = {
  'a part that is too long': [
    base,
    `{port}-{cluster}-${'x'.repeat(60)}.example.com`,
    /has \d+ characters; DNS allows 63/,
  ],
  'a name that is too long': [
    base,
    `{port}.${Array.from({ length: 5 }, () => 'x'.repeat(50)).join('.')}`,
    /has \d+ characters; DNS allows 253/,
  ],
  'a controller without an address': [
    [skyPod(train), ingressClass(), ingressNginxService()],
    '{port}.{address}.sslip.io',
    /the ingress controller has no address/,
  ],
  'a controller with a name for an address': [
    [skyPod(train), ingressClass(), named],
    '{port}.{address}.sslip.io',
    /the address of the ingress controller is the name lb\.example\.com/,
  ],
};
for (const [title, [objects, host, says]] of Object.entries(noHost)) {
  test(`no host comes of ${title}`, (t) => {
    const error = t.throws(() => planAt(objects, ask({ host })), { instanceOf: UsageError });
    t.regex(error!.message, says);
  });
}

for (const [ip, label] of [
  ['2001:db8::1', '2001-db8--1'],
  ['::1', '0--1'],
  ['2001:db8::', '2001-db8--0'],
] as const) {
  test(`the label of ${ip} neither begins nor ends with a dash`, (t) => {
    t.is(
      withAddress('{port}.{address}.sslip.io', () => ip),
      `{port}.${label}.sslip.io`,
    );
  });
}

test('one certificate is for the hosts of all named ports, and a port leaves the certificate of another', (t) => {
  const first = ingressWrite(base, { host: '{port}.example.com', ports: '80 81', tlsSecret: 'wildcard' });
  t.deepEqual(first.manifest.spec?.tls, [{ hosts: ['80.example.com', '81.example.com'], secretName: 'wildcard' }]);
  const open = exposed(base, ask({ host: '{port}.example.com', ports: '80 81', tlsSecret: 'wildcard' }));
  const then = ingressWrite(open, {
    host: '{port}.example.com',
    ports: '80',
    tlsSecret: 'own',
  });
  t.deepEqual(then.manifest.spec?.tls, [
    { hosts: ['81.example.com'], secretName: 'wildcard' },
    { hosts: ['80.example.com'], secretName: 'own' },
  ]);
});
