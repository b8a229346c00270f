import test from 'ava';
import type { Json } from '../helpers/cluster.ts';
import { damageOf, lossesOf, lossesOfContest, missingOf } from './kill-judge.ts';
import type { State } from './kill-world.ts';

const labels = { 'app.kubernetes.io/managed-by': 'kubectl-skyports', 'skypilot-cluster-name': 'train-1' };

function service(name: string, ports: readonly number[], more: Json = {}): [string, Json] {
  const metadata = { namespace: 'ns', name, labels, uid: `uid of ${name}`, resourceVersion: '1', ...more };
  const spec = { ports: ports.map((port) => ({ port, nodePort: port + 22_000 })), clusterIP: '10.96.0.9' };
  return [`Service ${name}`, { metadata, spec, status: {} }];
}

function ingress(services: readonly string[], more: Json = {}): [string, Json] {
  const owners = services.map((name) => ({ name }));
  const paths = services.map((name) => ({ path: `/${name}`, backend: { service: { name, port: { number: 8080 } } } }));
  const metadata = { namespace: 'ns', name: 'i', labels, uid: 'i', resourceVersion: '1', ownerReferences: owners };
  return ['Ingress i', { metadata: { ...metadata, ...more }, spec: { rules: [{ http: { paths } }] }, status: {} }];
}

const stateOf = (...entries: [string, Json][]): State => new Map(entries);

const foreign = service('web', [80], { labels: {} });
const before = stateOf(foreign, service('lb', [8080]), service('a', [8080]), ingress(['a']));
const after = stateOf(
  foreign,
  service('lb', [8080, 9000], { resourceVersion: '2' }),
  service('a', [8080]),
  service('b', [8080]),
  ingress(['a', 'b'], { resourceVersion: '2' }),
);
const expected = { before, after };
const withEntries = (state: State, ...entries: [string, Json][]): State => new Map([...state, ...entries]);
const without = (state: State, name: string): State => new Map([...state].filter(([each]) => each !== name));

test('as before, as meant, or each object one of both: nothing is damaged', (t) => {
  for (const now of [before, after, withEntries(before, service('b', [8080])), withEntries(after, ingress(['a']))]) {
    t.deepEqual(damageOf(now, expected), []);
    t.deepEqual(lossesOf(now, expected), []);
  }
  t.deepEqual(missingOf(after, expected), []);
  t.is(missingOf(before, expected).length, 3);
});

test("what Kubernetes' collector changes is no damage", (t) => {
  const was = stateOf(service('a', [8080]), service('b', [8080]), ingress(['a', 'b']));
  const shall = stateOf(service('a', [8080]), ingress(['a']));
  const [name, { metadata, spec }] = ingress(['a']);
  const collected = { metadata: { ...metadata, resourceVersion: '3' }, spec, status: {} };
  t.deepEqual(damageOf(stateOf(service('a', [8080]), [name, collected]), { before: was, after: shall }), []);
});

const damages: Readonly<Record<string, readonly [State, RegExp]>> = {
  'a foreign object was written again': [
    withEntries(before, service('web', [80], { labels: {}, resourceVersion: '2' })),
    /^Service web is neither/,
  ],
  'a foreign object is gone': [without(before, 'Service web'), /^Service web is neither .* became nothing$/],
  'a port that was there is gone': [withEntries(before, service('lb', [9000])), /^Service lb is neither/],
  'an object was made again': [
    withEntries(after, service('lb', [8080, 9000], { uid: 'new' })),
    /^Service lb lost its uid/,
  ],
  'something is left behind': [withEntries(before, ['file .tmp', { text: '' }]), /^file \.tmp is neither/],
  'a file was cut off': [
    withEntries(before, ['file config.yaml', { text: 'kuber', mode: '100640' }]),
    /^file config\.yaml is neither/,
  ],
  'a path leads nowhere': [without(after, 'Service b'), /^Ingress i has a path to Service b, which does not exist$/],
};

for (const [what, [now, says]] of Object.entries(damages)) {
  test(`damage: ${what}`, (t) => {
    const found = damageOf(now, expected);
    t.is(found.length, 1, found.join('\n'));
    t.regex(found[0]!, says);
  });
}

test('two runs at once: an object that was made again is a loss, unless they contradict each other', (t) => {
  const again = withEntries(after, service('lb', [8080, 9000], { uid: 'new' }));
  t.is(lossesOf(again, expected).length, 1);
  t.deepEqual(lossesOfContest(again, expected, 'train-1'), []);
  t.is(lossesOfContest(again, expected, 'other-1').length, 3, 'lb, b and the Ingress are of train-1');
  t.is(lossesOfContest(without(after, 'Service web'), expected, 'train-1').length, 1);
  t.is(lossesOfContest(without(after, 'Service b'), expected, 'train-1').length, 1);
});
