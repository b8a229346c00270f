import test from 'ava';
import { UsageError } from '../../../src/errors/usage-error.ts';
import { ask, base, ingressWrite, pathsOf } from '../../helpers/ingress-plans.ts';
import { type Asked, exposed, planAt, train } from '../../helpers/requests.ts';
import { saidBy } from '../../helpers/said.ts';

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
