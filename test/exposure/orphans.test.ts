import test from 'ava';
import type { Deployment } from 'kubernetes-types/apps/v1';
import { orphansIn, outlivesItsPods } from '../../src/exposure/orphans.ts';
import { type Snapshot, snapshotOf } from '../../src/snapshot/snapshot.ts';
import { forbidden, seen } from '../helpers/look.ts';
import { skyIngress, skyLoadBalancer, skyNames, skyPod, skyPortService } from '../helpers/skypilot-objects.ts';

const takenAt = '2026-11-24T12:00:00Z';
const old = '2026-11-24T11:50:00Z';
const young = '2026-11-24T11:50:01Z';
const names = skyNames('default', 'train');
const C = names.nameOnCloud;

type Named = { readonly metadata?: object };
const aged = <T extends Named>(object: T, creationTimestamp: string | undefined = old, more: object = {}): T => ({
  ...object,
  metadata: { ...object.metadata, creationTimestamp, ...more },
});
const service = (name: string, labels: Record<string, string>, selector: Record<string, string> = {}) =>
  aged({ metadata: { name, namespace: 'default', labels }, spec: { selector } });
const ours = { 'app.kubernetes.io/managed-by': 'kubectl-skyports', 'skypilot-cluster-name': C };

function look(topics: Partial<Snapshot['topics']>): Snapshot {
  const empty = { pods: seen([]), deployments: seen([]), services: seen([]), ingresses: seen([]) };
  return snapshotOf({ context: 'prod', namespace: null, takenAt }, { ...empty, ...topics });
}

const said = ({ orphans }: ReturnType<typeof orphansIn>): string[] =>
  orphans.map(({ kind, reference, nameOnCloud, managedBy }) => `${kind} ${reference.name} ${nameOnCloud} ${managedBy}`);

for (const [what, object, expected] of [
  ['our load balancer', service(`${C}--skyports-lb`, ours), `Service ${C}--skyports-lb ${C} kubectl-skyports`],
  ['our NodePort', service(`${C}--skyports-nodeport`, ours), `Service ${C}--skyports-nodeport ${C} kubectl-skyports`],
  ['our port', service(`${C}--skyports-svc--80`, ours), `Service ${C}--skyports-svc--80 ${C} kubectl-skyports`],
  ['our label on a name that is not ours', service('frontend', ours), undefined],
  ['our name without our label', service(`${C}--skyports-lb`, { 'skypilot-cluster-name': C }), undefined],
  ["SkyPilot's load balancer", aged(skyLoadBalancer(names, [80])), `Service ${C}--skypilot-lb ${C} skypilot`],
  ["SkyPilot's port", aged(skyPortService(names, 80)), `Service ${C}--skypilot-svc--80 ${C} skypilot`],
  [
    "SkyPilot's port of a release before 0.11",
    service(`${C}--skypilot-svc--80`, { parent: 'skypilot' }, { 'skypilot-cluster': C }),
    `Service ${C}--skypilot-svc--80 ${C} skypilot`,
  ],
  ["SkyPilot's name on something that selects others", service(`${C}--skypilot-lb`, { parent: 'skypilot' }), undefined],
  ["SkyPilot's name without its label", service(`${C}--skypilot-lb`, {}, { 'skypilot-cluster-name': C }), undefined],
  ['the headless Service of the head', service(`${C}-head`, { ...ours, parent: 'skypilot' }), undefined],
  [
    "SkyPilot's Service of the head",
    service(`${C}-head-ssh`, { parent: 'skypilot', 'skypilot-cluster-name': C }),
    `Service ${C}-head-ssh ${C} skypilot`,
  ],
  [
    "a user's Service with SkyPilot's labels",
    service(`${C}-web`, { parent: 'skypilot', 'skypilot-cluster-name': C }),
    undefined,
  ],
  ['an object of unknown age', aged(skyLoadBalancer(names, [80]), ''), undefined],
  [
    'one that is being deleted',
    aged(skyLoadBalancer(names, [80]), old, { deletionTimestamp: '2026-11-24T11:59:00Z' }),
    undefined,
  ],
] as const) {
  test(`Service: ${what} is ${expected ? '' : 'not '}taken`, (t) => {
    t.deepEqual(said(orphansIn(look({ services: seen([object]) }))), expected ? [expected] : []);
  });
}

const ownIngress = aged({
  metadata: { name: `${C}--skyports-ingress`, namespace: 'default', labels: ours },
  spec: {},
});
const pathless = { ...skyIngress(names, [80]), spec: {} };
const shared = skyIngress(names, [80, 81]);
shared.spec!.rules![0]!.http!.paths[1]!.backend.service!.name = 'somebody-elses';

for (const [what, object, expected] of [
  ['ours', ownIngress, `Ingress ${C}--skyports-ingress ${C} kubectl-skyports`],
  ["SkyPilot's", aged(skyIngress(names, [80, 81])), `Ingress ${C}-skypilot-ingress ${C} skypilot`],
  ['one of that name without paths', aged(pathless), undefined],
  ['one of that name that leads to others, too', aged(shared), undefined],
  [
    "SkyServe's",
    aged({ ...skyIngress(names, [80]), metadata: { namespace: 'default', name: `${C}-skypilot-serve-ingress` } }),
    undefined,
  ],
] as const) {
  test(`Ingress: ${what} is ${expected ? '' : 'not '}taken`, (t) => {
    t.deepEqual(said(orphansIn(look({ ingresses: seen([object]) }))), expected ? [expected] : []);
  });
}

const left = { services: seen([aged(skyLoadBalancer(names, [80]))]), ingresses: seen([ownIngress]) };

test('Ingresses come before Services', (t) => {
  t.deepEqual(
    orphansIn(look(left)).orphans.map(({ kind }) => kind),
    ['Ingress', 'Service'],
  );
});

test('a Pod in any phase, or a Deployment, keeps them', (t) => {
  const deployment: Deployment = { metadata: { namespace: 'default', labels: { 'skypilot-cluster-name': C } } };
  for (const alive of [
    { pods: seen([skyPod(names)]) },
    { pods: seen([skyPod(names, { worker: 1, phase: 'Failed' })]) },
    { deployments: seen([deployment]) },
  ]) {
    t.deepEqual(orphansIn(look({ ...left, ...alive })), { orphans: [], young: [] });
  }
});

test('a cluster of the same name in another namespace does not keep them', (t) => {
  const elsewhere = skyPod({ ...names, namespace: 'other' });
  t.is(orphansIn(look({ ...left, pods: seen([elsewhere]) })).orphans.length, 2);
});

test('those younger than ten minutes are told apart', (t) => {
  const services = seen([aged(skyLoadBalancer(names, [80]), young)]);
  const { orphans, young: stay } = orphansIn(look({ services }));
  t.deepEqual(orphans, []);
  t.deepEqual(
    stay.map(({ reference }) => reference.name),
    [`${C}--skypilot-lb`],
  );
});

test('without Pods or Deployments nothing is gone', (t) => {
  for (const topic of ['pods', 'deployments']) {
    t.deepEqual(orphansIn(look({ ...left, [topic]: forbidden(topic) })), { orphans: [], young: [] });
  }
});

test('Deployments matter only where something outlived its Pods', (t) => {
  const unseen = { deployments: forbidden('deployments') };
  t.true(outlivesItsPods(look({ ...left, ...unseen })));
  t.false(outlivesItsPods(look({ ...left, ...unseen, pods: seen([skyPod(names)]) })));
  t.false(outlivesItsPods(look({ ...left, ...unseen, pods: forbidden('pods') })));
  t.false(outlivesItsPods(look(unseen)));
});
