import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import { allChecks } from '../../src/doctor/all-checks.ts';
import { hasFixes, planFixes } from '../../src/doctor/fix/plan-fix.ts';
import { judge } from '../../src/doctor/judge.ts';
import { isOurs } from '../../src/exposure/ownership.ts';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import { keyOf } from '../../src/snapshot/object-reference.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { itemsOf } from '../../src/snapshot/topics.ts';
import { allScenarios, scenarioNamed, snapshotOfScenario } from '../helpers/scenario.ts';

const subject = { skyCluster: undefined, ports: undefined, mode: undefined };
const repairOf = (snapshot: Snapshot) =>
  planFixes(judge(allChecks, snapshot, subject, { only: undefined, skip: [] }), indexSnapshot(snapshot));

test('no repair of the book touches what is not ours, but the one annotation on the one Service', (t) => {
  let repairs = 0;
  for (const scenario of allScenarios()) {
    const snapshot = snapshotOfScenario(scenario);
    const { annotations, plan, fixes } = repairOf(snapshot);
    repairs += fixes.length;
    for (const { service } of annotations)
      t.is(keyOf(service), 'ingress-nginx/ingress-nginx-controller', scenario.name);
    const live = [...itemsOf(snapshot.topics.services), ...itemsOf(snapshot.topics.ingresses)];
    for (const { manifest } of plan.writes) {
      const present = live.find((each) => keyOf(each) === keyOf(manifest));
      t.true(isOurs((present ?? manifest).metadata), scenario.name);
    }
    for (const { namespace, name } of plan.removals) {
      const removed = live.find((each) => keyOf(each) === `${namespace}/${name}`);
      t.true(isOurs(removed?.metadata), `${scenario.name}: ${name}`);
    }
  }
  t.true(repairs >= 14);
});

const scenario = (name: string): Snapshot => snapshotOfScenario(scenarioNamed(name));

test('ports of one cluster and mode are one plan', (t) => {
  const snapshot = scenario('own-ingress-backend-missing');
  const services = snapshot.topics.services as Extract<Snapshot['topics']['services'], { observed: true }>;
  const without = { ...snapshot, topics: { ...snapshot.topics, services: { ...services, items: [] } } };
  const { fixes, plan } = repairOf(without);
  t.deepEqual(fixes, ['ingress-backend-exists']);
  t.deepEqual(
    plan.writes.map(({ kind, manifest, effect }) => [kind, manifest.metadata?.name, effect]),
    [
      ['Service', 'train-2ea485ef--skyports-svc--8888', 'created'],
      ['Service', 'train-2ea485ef--skyports-svc--9000', 'created'],
      ['Ingress', 'train-2ea485ef--skyports-ingress--redirect-8888', 'created'],
      ['Ingress', 'train-2ea485ef--skyports-ingress--redirect-9000', 'created'],
      ['Ingress', 'train-2ea485ef--skyports-ingress', 'changed'],
    ],
  );
});

test('the address of a node is written as the annotation, a wrong one is fixed, a useless one goes', (t) => {
  for (const [name, value] of [
    ['ingress-no-external-ip', '203.0.113.7'],
    ['annotation-scheme', '203.0.113.7'],
    ['annotation-port', 'train.example.com'],
    ['annotation-empty', '203.0.113.7'],
    ['external-ips-and-annotation', null],
  ] as const) {
    t.deepEqual(
      repairOf(scenario(name)).annotations.map((each) => each.value),
      [value],
      name,
    );
  }
});

test('where SkyPilot would not use the annotation, or a person has to choose, nothing is offered', (t) => {
  for (const name of [
    'controller-clusterip',
    'ingress-backend-missing',
    'service-selects-nobody',
    'ingress-left-behind',
  ]) {
    const { fixes, annotations, plan } = repairOf(scenario(name));
    t.deepEqual([fixes, annotations, plan.writes, plan.removals], [[], [], [], []], name);
  }
});

test('with several classes to choose from, none is taken', (t) => {
  const snapshot = scenario('own-ingress-class-gone');
  const { ingressClasses } = snapshot.topics;
  if (!ingressClasses.observed) throw new Error('the scenario has no IngressClasses');
  const one = repairOf(snapshot);
  t.deepEqual(one.fixes, ['ingress-class-exists']);
  t.true(hasFixes(one));
  const second = { ...ingressClasses.items[0]!, metadata: { name: 'nginx-private' } };
  const items = [...ingressClasses.items, second];
  const topics = { ...snapshot.topics, ingressClasses: { ...ingressClasses, items } };
  t.false(hasFixes(repairOf({ ...snapshot, topics })));
});

/** The Service behind our Ingress, edited: it has port 9001 in place of 8888. `owned`: whether this plugin wrote that port. */
function withOtherPort(snapshot: Snapshot, owned: boolean): Snapshot {
  const port = { name: 'admin', port: 9001, targetPort: 9001, protocol: 'TCP' };
  const ports = { 'f:ports': { 'k:{"port":9001,"protocol":"TCP"}': { 'f:name': {}, 'f:targetPort': {} } } };
  const items = itemsOf(snapshot.topics.services).map((service) => {
    if (!service.metadata?.name?.endsWith('--skyports-svc--8888')) return service;
    const managedFields = [
      {
        manager: 'kubectl-skyports',
        operation: 'Apply',
        fieldsV1: { 'f:spec': { 'f:selector': {}, ...(owned && ports) } },
      },
      { manager: 'kubectl-edit', operation: 'Update', fieldsV1: { 'f:spec': { 'f:type': {}, ...(!owned && ports) } } },
    ];
    return { ...service, metadata: { ...service.metadata, managedFields }, spec: { ...service.spec, ports: [port] } };
  });
  const { services } = snapshot.topics;
  return { ...snapshot, topics: { ...snapshot.topics, services: { ...services, items } as typeof services } };
}

test('a port of our Service that another manager owns stays: then a person decides', (t) => {
  const { fixes, plan } = repairOf(withOtherPort(scenario('own-ingress-backend-missing'), false));
  t.deepEqual([fixes, plan.writes], [[], []]);
});

test('a port of our Service that this plugin owns is written again', (t) => {
  const { fixes, plan } = repairOf(withOtherPort(scenario('own-ingress-backend-missing'), true));
  t.deepEqual(fixes, ['ingress-backend-exists']);
  const service = plan.writes.find(({ manifest }) => manifest.metadata?.name?.endsWith('--skyports-svc--8888'));
  t.deepEqual(
    (service!.manifest as Service).spec?.ports?.map(({ port }) => port),
    [8888, 9001],
  );
});
