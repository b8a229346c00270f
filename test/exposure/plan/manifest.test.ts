import test from 'ava';
import fc from 'fast-check';
import { UsageError } from '../../../src/errors/usage-error.ts';
import {
  noChanges,
  ownMetadata,
  parseMetadataChanges,
  selectorOf,
  withMetadata,
} from '../../../src/exposure/plan/manifest.ts';
import { sameValue } from '../../../src/exposure/plan/owned-fields.ts';
import { saidBy } from '../../helpers/said.ts';

const changes = {
  'a=b': { set: { a: 'b' }, remove: [] },
  'a=b=c': { set: { a: 'b=c' }, remove: [] },
  'a=': { set: { a: '' }, remove: [] },
  'a=b-': { set: { a: 'b-' }, remove: [] },
  'a9=b9': { set: { a9: 'b9' }, remove: [] },
  'a-': { set: {}, remove: ['a'] },
  'example.com/team=x example.com/old-': { set: { 'example.com/team': 'x' }, remove: ['example.com/old'] },
};
for (const [line, expected] of Object.entries(changes)) {
  test(`--annotation ${line}`, (t) =>
    t.deepEqual(parseMetadataChanges(line.split(' '), 'annotation') as unknown, expected));
}

test('labels end in a letter or a digit', (t) => {
  t.deepEqual(parseMetadataChanges(['a9.x/k9=v9', 'b=', 'c=Z'], 'label').set, { 'a9.x/k9': 'v9', b: '', c: 'Z' });
});

test('annotations hold any text, line ends too', (t) => {
  t.deepEqual(parseMetadataChanges(['a={"x":\n1}'], 'annotation').set, { a: '{"x":\n1}' });
});

const refused: Readonly<Record<string, [line: string, flag: 'annotation' | 'label', says: RegExp]>> = {
  'no =': ['team', 'annotation', /--annotation team is not a valid annotation; write KEY=VALUE, or KEY- to remove it/],
  'no key': ['=x', 'annotation', /is not a valid annotation/],
  nothing: ['', 'label', /is not a valid label/],
  'a lone -': ['-', 'label', /is not a valid label/],
  'two prefixes': ['a/b/c=x', 'label', /is not a valid label/],
  'an empty prefix': ['/c=x', 'label', /is not a valid label/],
  'a capital prefix': ['Example.com/c=x', 'label', /is not a valid label/],
  'a blank': ['a b=x', 'annotation', /is not a valid annotation/],
  'a key of 64 letters': [`${'k'.repeat(64)}=x`, 'label', /is not a valid label/],
  'a key twice': ['a=1 a=2', 'label', /--label names a twice/],
  'set and removed': ['a=1 a-', 'label', /--label names a twice/],
  'a label with a blank': ['a=b c', 'label', /Kubernetes refuses this value/],
  'a label of 64 letters': [`a=${'v'.repeat(64)}`, 'label', /Kubernetes refuses this value/],
  'our own label': [
    'app.kubernetes.io/managed-by=me',
    'label',
    /kubectl skyports needs app\.kubernetes\.io\/managed-by itself/,
  ],
  "SkyPilot's label": ['skypilot-cluster-name-', 'label', /needs skypilot-cluster-name itself/],
  'the annotation with the user name': ['skyports/auth-user=a:b', 'annotation', /needs skyports\/auth-user itself/],
  'our own annotation': ['skyports/sky-cluster=x', 'annotation', /needs skyports\/sky-cluster itself/],
};
for (const [title, [line, flag, says]] of Object.entries(refused)) {
  test(`${title} is refused`, (t) => {
    const words = flag === 'label' && line.includes('b c') ? [line] : line.split(' ');
    const error = t.throws(() => parseMetadataChanges(title === 'a blank' ? [line] : words, flag), {
      instanceOf: UsageError,
    });
    t.regex(saidBy(error), says);
  });
}

test('metadata: set, keep, remove; nothing empty is left', (t) => {
  const manifest = { metadata: { name: 'x', annotations: { keep: '1', old: '2' }, labels: { old: '3' } } };
  const changed = withMetadata(manifest, { set: { new: '4' }, remove: ['old'] }, { set: {}, remove: ['old'] });
  t.deepEqual(changed as object, { metadata: { name: 'x', annotations: { keep: '1', new: '4' } } });
  t.deepEqual(manifest.metadata.annotations, { keep: '1', old: '2' });
  t.deepEqual(withMetadata({}, noChanges, noChanges), { metadata: {} });
});

test('selectors and metadata of what we make', (t) => {
  const skyCluster = { displayName: 'Train', nameOnCloud: 'train-2ea4', namespace: 'default', pods: [] };
  t.deepEqual(selectorOf(skyCluster, false), { component: 'train-2ea4-head' });
  t.deepEqual(selectorOf(skyCluster, true), { 'skypilot-cluster-name': 'train-2ea4' });
  t.deepEqual(ownMetadata(skyCluster), {
    labels: { 'skypilot-cluster-name': 'train-2ea4', 'app.kubernetes.io/managed-by': 'kubectl-skyports' },
    annotations: { 'skyports/sky-cluster': 'Train' },
  });
});

const same: readonly [unknown, unknown, boolean][] = [
  [1, 1, true],
  [1, '1', false],
  [null, null, true],
  [null, {}, false],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
  [{ a: 1, b: undefined }, { a: 1 }, true],
  [{ a: 1, b: {} }, { a: 1 }, true],
  [{ a: 1 }, { a: 1, b: 2 }, false],
  [{ a: 1 }, { b: 1 }, false],
  [[1, 2], [2, 1], true],
  [[1, 2], [1], false],
  [[1, 1, 2], [1, 2, 2], false],
  [[], {}, false],
  [[{ port: 1 }, { port: 2 }], [{ port: 2 }, { port: 1 }], true],
];
for (const [a, b, expected] of same) {
  test(`${JSON.stringify(a)} and ${JSON.stringify(b)} are ${expected ? 'the same' : 'different'}`, (t) => {
    t.is(sameValue(a, b), expected);
    t.is(sameValue(b, a), expected);
  });
}

test('a value is the same as its copy', (t) => {
  fc.assert(fc.property(fc.jsonValue(), (value) => t.true(sameValue(value, structuredClone(value)))));
});
