import test from 'ava';
import type { Subject } from '../../src/doctor/check-context.ts';
import { countsOfStandIn, plannedObjects, plannedWrites } from '../../src/doctor/subjects/planned-objects.ts';
import { writtenModes } from '../../src/exposure/port-mode-names.ts';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import { parseServiceName } from '../../src/skypilot/names.ts';
import { indexAt, type KubernetesObject, type LookOptions, lookAt, seen } from '../helpers/look.ts';
import { exposed, train } from '../helpers/requests.ts';
import { skyLoadBalancer, skyPod } from '../helpers/skypilot-objects.ts';

const head = skyPod(train);
const { nameOnCloud } = train;
const about = (mode: Subject['mode'], more: Partial<Subject> = {}): Subject => ({
  ...{ skyCluster: undefined, ports: undefined, mode },
  ...more,
});
const named = (mode: Subject['mode'], ...ports: number[]) =>
  about(mode, { skyCluster: train, ports: ports.length > 0 ? ports : undefined });
const namesOf = (objects: readonly KubernetesObject[], subject: Subject) =>
  plannedWrites(indexAt(objects), subject, 'ml').map(({ kind, manifest: { metadata } }) => [
    kind,
    `${metadata?.namespace}/${metadata?.name}`,
  ]);

test('a stand-in in the chosen namespace, under names of this plugin; podip and no mode write nothing', (t) => {
  t.deepEqual(namesOf([head], about('loadbalancer')), [['Service', 'ml/skyports-check--skyports-lb']]);
  t.deepEqual(namesOf([head], about('nodeport')), [['Service', 'ml/skyports-check--skyports-nodeport']]);
  t.deepEqual(namesOf([head], about('ingress')), [
    ['Service', 'ml/skyports-check--skyports-svc--8888'],
    ['Ingress', 'ml/skyports-check--skyports-ingress'],
  ]);
  t.deepEqual(namesOf([head], about('podip')), []);
  t.deepEqual(namesOf([head], about(undefined)), []);
});

test('the very objects of expose where a SkyPilot cluster is named, for its ports', (t) => {
  const lb = `default/${nameOnCloud}--skyports-lb`;
  t.deepEqual(namesOf([head], named('loadbalancer', 80, 81)), [['Service', lb]]);
  t.is(namesOf([head], named('ingress', 80, 81)).length, 3);
  // Without ports those that are open in another mode.
  const open = [head, skyLoadBalancer(train, [8000, 8001])];
  t.deepEqual(namesOf(open, named('ingress')), [
    ['Service', `default/${nameOnCloud}--skyports-svc--8000`],
    ['Service', `default/${nameOnCloud}--skyports-svc--8001`],
    ['Ingress', `default/${nameOnCloud}--skyports-ingress`],
  ]);
});

test('what is open already is not tried again', (t) => {
  t.deepEqual(namesOf([head, skyLoadBalancer(train, [8000])], named('loadbalancer', 8000)), []);
  t.deepEqual(namesOf([head, skyLoadBalancer(train, [8000])], named('loadbalancer')), []);
  const own = exposed([head], { ports: '8888', mode: 'nodeport' });
  t.deepEqual(namesOf(own, named('nodeport', 8888)), []);
  t.is(namesOf(own, named('nodeport', 8888, 9000)).length, 1);
});

test("no object that is tried has a name of SkyPilot's", (t) => {
  for (const mode of writtenModes) {
    for (const subject of [about(mode), named(mode, 8888)]) {
      for (const [, name] of namesOf([head], subject)) {
        t.regex(name!, /--skyports-/);
        t.is(parseServiceName(name!.split('/')[1]!), undefined);
      }
    }
  }
});

test('a stand-in counts one port', (t) => {
  const service = { services: 1, 'count/services': 1 };
  t.deepEqual(countsOfStandIn('loadbalancer'), {
    ...service,
    'services.loadbalancers': 1,
    'services.nodeports': 1,
  });
  t.deepEqual(countsOfStandIn('ingress'), { ...service, 'count/ingresses.networking.k8s.io': 1 });
  t.deepEqual(countsOfStandIn('podip'), {});
});

const elsewhere = skyPod({ ...train, namespace: 'ml' });

function namespacesOf(options: LookOptions & { topics?: object }, subject = about('nodeport'), chosen?: string) {
  const snapshot = lookAt([head, elsewhere], options);
  const view = indexSnapshot({ ...snapshot, topics: { ...snapshot.topics, ...options.topics } });
  return plannedObjects(view, subject, chosen).namespaces;
}

test('where it would be written: the named cluster, the snapshot, the context, else as far as a file shows it', (t) => {
  t.deepEqual(namespacesOf({ namespace: null }, named('nodeport', 80), 'chosen'), ['default']);
  t.deepEqual(namespacesOf({}, about('nodeport'), 'chosen'), ['default']);
  t.deepEqual(namespacesOf({ namespace: null }, about('nodeport'), 'chosen'), ['chosen']);
  t.deepEqual(namespacesOf({ namespace: null }), ['default', 'ml']);
  const review = (namespace: string) => ({
    spec: { resourceAttributes: { verb: 'create', resource: 'services', namespace } },
  });
  const reviewed = { accessReviews: seen([review('team-b')]) };
  t.deepEqual(namespacesOf({ namespace: null, topics: reviewed }), ['team-b']);
  const dryRun = {
    mode: 'nodeport',
    kind: 'Service',
    namespace: 'team-c',
    name: 'x',
    outcome: 'accepted',
    status: 200,
  };
  const dryRuns = seen([{ ...dryRun, message: '', counts: { services: 7 } }]);
  t.deepEqual(namespacesOf({ namespace: null, topics: { ...reviewed, dryRuns } }), ['team-c']);
  t.deepEqual(
    plannedObjects(
      indexSnapshot({ ...lookAt([head]), topics: { ...lookAt([head], { namespace: null }).topics, dryRuns } as never }),
      { ...about('nodeport'), skyCluster: { ...train, namespace: 'team-c' } },
      undefined,
    ).counts,
    { services: 7 },
    'what was tried counts as it was tried',
  );
});

test('where live objects were not seen, the stand-in counts', (t) => {
  const view = indexAt([head], { unseen: ['services'] });
  t.deepEqual(plannedObjects(view, about('nodeport'), undefined).counts, countsOfStandIn('nodeport'));
});
