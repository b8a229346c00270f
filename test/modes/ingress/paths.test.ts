import test from 'ava';
import fc from 'fast-check';
import {
  backendsOfIngress,
  calledPathOf,
  literalPathOf,
  pathShapeOf,
  redirectPathOf,
  regexPathOf,
} from '../../../src/modes/ingress/paths.ts';

const literals = {
  '/skypilot/default/train/8888(/|$)(.*)': '/skypilot/default/train/8888',
  '/skypilot/train/8888(/|$)(.*)': '/skypilot/train/8888',
  '/()(team/app(?:/.*|$))': '/team/app',
  '/()(.*)': '',
  '/v1[.]2(/|$)(.*)': '/v1.2',
  '/app': '/app',
  '/app/': '/app',
  '/': '',
  '': '',
  '/app/[0-9]+': '/app',
  '/app.*': '/app.',
  '/a/b?': '/a/b',
};
for (const [path, literal] of Object.entries(literals)) {
  test(`a caller of "${path}" types "${literal}"`, (t) => t.is(literalPathOf(path), literal));
}

test('a path whose prefix the app does not see is called with a slash', (t) => {
  t.is(calledPathOf('/skypilot/default/train/8888(/|$)(.*)'), '/skypilot/default/train/8888/');
  for (const path of ['/()(team/app(?:/.*|$))', '/()(.*)', '/app', '/']) t.is(calledPathOf(path), literalPathOf(path));
});

const prefix = fc
  .array(fc.stringMatching(/^[-A-Za-z0-9_.~]{1,6}$/), { maxLength: 4 })
  .map((parts) => parts.map((part) => `/${part}`).join(''));
const shape = fc.record({ rewrite: fc.constantFrom('strip', 'keep'), prefix });

test('a path says its shape, and what a caller types', (t) => {
  fc.assert(
    fc.property(shape, (each) => {
      const path = regexPathOf(each);
      t.is(literalPathOf(path), each.prefix);
      // At the root nothing is there to strip.
      t.deepEqual(pathShapeOf(path), each.prefix === '' ? { ...each, rewrite: 'strip' } : each);
    }),
  );
});

test('a plain path keeps its prefix', (t) => {
  fc.assert(fc.property(prefix, (each) => t.deepEqual(pathShapeOf(each || '/'), { rewrite: 'keep', prefix: each })));
});

/** What ingress-nginx makes of a request: a case-insensitive match from the start, rewritten to `/$2`. */
function appSees(path: string, request: string): string | undefined {
  const match = new RegExp(`^${path}`, 'i').exec(request);
  return match ? `/${match[2]}` : undefined;
}

test('strip: the app sees what follows the prefix; keep: all of it; neither takes a longer word', (t) => {
  fc.assert(
    fc.property(shape, fc.constantFrom('', '/', '/lab', '/a/b'), ({ rewrite, prefix: start }, rest) => {
      const path = regexPathOf({ rewrite, prefix: start });
      const whole = `${start}${rest}` || '/';
      const expected = rewrite === 'strip' || start === '' ? rest || '/' : whole;
      t.is(appSees(path, whole), expected);
      if (start !== '') t.is(appSees(path, `${start}x${rest}`), undefined);
    }),
  );
});

test('the path of a redirect matches its prefix alone, and is tried before the path of the port', (t) => {
  fc.assert(
    fc.property(prefix, fc.constantFrom('', '/', 'x', '/lab'), (start, rest) => {
      const path = redirectPathOf({ prefix: start });
      t.is(new RegExp(`^${path}`, 'i').test(`${start}${rest}`), rest === '');
      t.true(path.length > regexPathOf({ rewrite: 'strip', prefix: start }).length);
    }),
  );
});

test('a dot in a prefix is a dot', (t) => {
  t.is(appSees(regexPathOf({ rewrite: 'strip', prefix: '/v1.2' }), '/v1x2/a'), undefined);
  t.is(appSees(regexPathOf({ rewrite: 'keep', prefix: '/v1.2' }), '/v1x2/a'), undefined);
  t.is(appSees(redirectPathOf({ prefix: '/v1.2' }), '/v1x2'), undefined);
});

test('backends of rules, of the default, and of no Service', (t) => {
  const service = (name: string, port: object) => ({ service: { name, port } });
  const ingress = {
    spec: {
      defaultBackend: service('fallback', { name: 'web' }),
      rules: [
        {
          host: 'a.example.com',
          http: { paths: [{ path: '/x', pathType: 'Prefix', backend: service('a', { number: 80 }) }] },
        },
        { host: 'b.example.com' },
        {
          http: {
            paths: [
              { pathType: 'Prefix', backend: { resource: { kind: 'Bucket', name: 'b' } } },
              { pathType: 'Prefix', backend: service('c', { number: 81 }) },
            ],
          },
        },
      ],
    },
  };
  t.deepEqual(backendsOfIngress(ingress), [
    { host: 'a.example.com', path: '/x', serviceName: 'a', servicePort: { number: 80 } },
    { host: undefined, path: '/', serviceName: 'c', servicePort: { number: 81 } },
    { host: undefined, path: '', serviceName: 'fallback', servicePort: { name: 'web' } },
  ]);
  t.deepEqual(backendsOfIngress({}), []);
});
