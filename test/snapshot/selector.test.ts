import test from 'ava';
import fc from 'fast-check';
import {
  indexByLabels,
  parseFieldSelector,
  parseLabelSelector,
  selectorText,
  selects,
} from '../../src/snapshot/selector.ts';

const cases = {
  'every pair must be there': [{ a: '1', b: '2' }, { a: '1', b: '2', c: '3' }, true],
  'one pair is not enough': [{ a: '1', b: '2' }, { a: '1' }, false],
  'values count': [{ a: '1' }, { a: '2' }, false],
  'an empty selector takes nothing': [{}, { a: '1' }, false],
  'no selector takes nothing': [undefined, { a: '1' }, false],
  'no labels match nothing': [{ a: '1' }, undefined, false],
} as const;
for (const [title, [selector, labels, expected]] of Object.entries(cases)) {
  test(title, (t) => t.is(selects(selector, labels), expected));
}

const pair = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'));
const pod = fc.record({ namespace: fc.constantFrom('x', 'y'), labels: pair });

test('the index finds what a walk through all objects finds, in their order', (t) => {
  fc.assert(
    fc.property(fc.array(pod), fc.constantFrom('x', 'y', 'z'), pair, (pods, namespace, selector) => {
      const objects = pods.map((metadata) => ({ metadata }));
      const walked = objects.filter(
        ({ metadata }) => metadata.namespace === namespace && selects(selector, metadata.labels),
      );
      t.deepEqual(indexByLabels(objects).matching(namespace, selector), walked);
    }),
  );
});

for (const [selector, labels, expected] of [
  ['', {}, true],
  ['a', { a: '' }, true],
  ['a', {}, false],
  ['!a', {}, true],
  ['!a', { a: '' }, false],
  ['a=1', { a: '1' }, true],
  ['a==1,b!=2', { a: '1' }, true],
  ['a==1,b!=2', { a: '1', b: '2' }, false],
  ['x/y in (1, 2),b', { 'x/y': '2', b: '' }, true],
  ['x/y in (1,2)', { 'x/y': '3' }, false],
  ['a notin (1,2)', {}, true],
  ['a notin (1,2)', { a: '2' }, false],
] as const) {
  test(`label selector "${selector}" ${expected ? 'takes' : 'does not take'} ${JSON.stringify(labels)}`, (t) => {
    t.is(parseLabelSelector(selector)(labels), expected);
  });
}

test('a field selector compares fields at a path', (t) => {
  const event = { type: 'Warning', involvedObject: { kind: 'Service' } };
  t.true(parseFieldSelector('type=Warning,involvedObject.kind==Service')(event));
  t.false(parseFieldSelector('type!=Warning')(event));
  t.true(parseFieldSelector('involvedObject.name!=x')(event));
  t.false(parseFieldSelector('metadata.name=x')(event));
});

test('a selector is written as kubectl has it', (t) => {
  const matchExpressions = [
    { key: 'zone', operator: 'In', values: ['a', 'b'] },
    { key: 'gpu', operator: 'Exists' },
    { key: 'old', operator: 'DoesNotExist' },
  ];
  t.is(selectorText({ matchLabels: { role: 'worker' }, matchExpressions }), 'role=worker, zone in (a,b), gpu, !old');
});
