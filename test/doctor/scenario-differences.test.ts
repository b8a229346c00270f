import test from 'ava';
import { snapshotFromDump } from '../../src/snapshot/dump.ts';
import { allBases, allScenarios, diagnosisOfScenario, dumpNamed, pageIn, textOf } from '../helpers/scenario.ts';
import { type Difference, repeatsIn, withDifference } from '../helpers/scenario-difference.ts';

const bases = allBases();
const pages = [...bases, ...allScenarios().map(({ name }) => name)].map((name) => ({ name, ...pageIn(textOf(name)) }));
const differing = pages.filter(({ base }) => base !== undefined);

for (const { name, base, difference } of differing) {
  test(`${name}: with its base it is a dump, and it repeats nothing of its base`, (t) => {
    t.notThrows(() => snapshotFromDump(dumpNamed(name)));
    t.deepEqual(repeatsIn(difference, dumpNamed(base!)), []);
  });
}

test('only the first base is a whole Snapshot', (t) => {
  const whole = pages.filter(({ documents: [first] }) => first.kind === 'Snapshot');
  t.deepEqual(
    whole.map(({ name }) => name),
    ['one-node'],
  );
});

test('each scenario with a base fits on a screen', (t) => {
  const long = differing.filter(({ name }) => !bases.includes(name) && textOf(name).split('\n').length > 51);
  t.deepEqual(
    long.map(({ name }) => name),
    [],
  );
});

for (const name of bases) {
  test(`the base ${name} is used, has a name of its own, and is healthy`, async (t) => {
    t.true(pages.some(({ base }) => base === name));
    t.is(pages.filter((page) => page.name === name).length, 1);
    const { diagnosis } = await diagnosisOfScenario({ name, text: JSON.stringify(dumpNamed(name)), arguments: [] });
    t.is(diagnosis.outcome, 'healthy');
  });
}

const web = { metadata: { name: 'web', namespace: 'a', labels: { x: '1', y: '2' } }, spec: { ports: [{ port: 80 }] } };
const dns = { metadata: { name: 'dns', namespace: 'b' } };
const node = { metadata: { name: 'n' } };
const refused = { kind: 'Status', status: 'Failure', code: 403 };
const review = { spec: { resourceAttributes: { verb: 'create', resource: 'services', namespace: 'a' } }, status: {} };
const base = {
  kind: 'Snapshot',
  metadata: { context: 'prod', namespace: 'a' },
  topics: {
    accessReviews: { kind: 'List', items: [review] },
    services: { kind: 'List', items: [web, dns] },
    nodes: { kind: 'List', items: [node] },
  },
};

/** What the services of the base become. */
const servicesWith = (services: Difference['topics']) => withDifference(base, { topics: { services } }).topics.services;

test('an object that the base has is merged: null removes a field, a list is replaced', (t) => {
  const patch = { metadata: { labels: { x: null, z: '3' } }, spec: { ports: [{ port: 81 }] } };
  t.deepEqual(servicesWith({ 'a/web': patch }).items, [
    { metadata: { name: 'web', namespace: 'a', labels: { y: '2', z: '3' } }, spec: { ports: [{ port: 81 }] } },
    dns,
  ]);
});

test('null removes an object or a topic, an unknown key makes an object, after those of the base', (t) => {
  const made = { metadata: { name: 'new', namespace: 'a' }, spec: {} };
  t.deepEqual(servicesWith({ 'a/web': null, 'a/new': { spec: {} } }).items, [dns, made]);
  const { topics } = withDifference(base, { topics: { nodes: null, events: { e: { reason: 'R' } } } });
  t.deepEqual(Object.keys(topics), ['accessReviews', 'services', 'events']);
  t.deepEqual(topics.events, { kind: 'List', items: [{ metadata: { name: 'e' }, reason: 'R' }] });
});

test('a list and a Status replace the topic, and the metadata of the dump may become null', (t) => {
  t.deepEqual(servicesWith([dns] as never), { kind: 'List', items: [dns] });
  t.deepEqual(servicesWith(refused), refused);
  t.deepEqual(withDifference(base, { metadata: { namespace: null } }).metadata, { context: 'prod', namespace: null });
});

test('an access review goes by its verb, its resource and its namespace', (t) => {
  const accessReviews = { 'a/create services': { status: { allowed: false } } };
  const { items } = withDifference(base, { topics: { accessReviews } }).topics.accessReviews;
  t.deepEqual(items, [{ ...review, status: { allowed: false } }]);
});

test('what cannot be applied is refused', (t) => {
  const apply = (topics: Difference['topics'], on: typeof base = base) => withDifference(on, { topics: topics! });
  t.throws(() => apply({ service: [] }), { message: 'there is no topic service' });
  t.throws(() => withDifference(base, { topic: {} } as Difference), { message: /no field topic/ });
  const twice = { ...base, topics: { ...base.topics, services: { kind: 'List', items: [web, web] } } };
  t.throws(() => apply({ services: { 'a/web': null } }, twice), { message: /two objects have the key a\/web/ });
  t.throws(() => apply({ accessReviews: { 'a/delete pods': { status: {} } } }), { message: /no access review/ });
});

for (const [repeat, difference] of [
  ['metadata.context', { metadata: { context: 'prod' } }],
  [
    'services.a/web.metadata.labels.y',
    { topics: { services: { 'a/web': { metadata: { labels: { x: '0', y: '2' } } } } } },
  ],
  ['services.a/web.spec.ports', { topics: { services: { 'a/web': { spec: { ports: [{ port: 80 }] } } } } }],
  ['services.a/web.status', { topics: { services: { 'a/web': { status: null } } } }],
  ['services.a/web.metadata', { topics: { services: { 'a/web': { metadata: {} } } } }],
  ['services.c/none', { topics: { services: { 'c/none': null } } }],
  ['services[1]', { topics: { services: [node, dns] } }],
  ['services', { topics: { services: {} } }],
  ['events', { topics: { events: null } }],
] as const) {
  test(`it is found that a difference repeats ${repeat}`, (t) => {
    t.deepEqual(repeatsIn(difference, base), [repeat]);
  });
}

test('an empty list and a Status that the base has already are found too', (t) => {
  const { topics } = withDifference(base, { topics: { services: [], nodes: refused } });
  t.deepEqual(repeatsIn({ topics: { services: [], nodes: { ...refused } } }, { ...base, topics }), [
    'services',
    'nodes',
  ]);
});
