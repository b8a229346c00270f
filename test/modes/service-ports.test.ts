import test from 'ava';
import { rowAt, rowsAt } from '../helpers/look.ts';
import { skyInternalServices, skyLoadBalancer, skyNames, skyPod } from '../helpers/skypilot-objects.ts';

const train = skyNames('default', 'train');
const head = skyPod(train);

test("SkyPilot's own Services, and those that select no SkyPilot Pod, are not listed", (t) => {
  const foreign = skyLoadBalancer({ ...train, nameOnCloud: 'other' }, [80], { ip: '203.0.113.9' });
  foreign.metadata!.name = 'web';
  t.deepEqual(rowsAt([head, skyPod(train, { worker: 1 }), ...skyInternalServices(train, 1), foreign]), []);
});

for (const label of ['skypilot-cluster', 'skypilot-cluster-name']) {
  test(`a selector on ${label} finds the cluster`, (t) => {
    const service = skyLoadBalancer(train, [8888], { ip: '203.0.113.5' });
    service.spec!.selector = { [label]: train.nameOnCloud };
    t.is(rowAt([head, service]).state, 'Ready');
    service.metadata!.name = 'by-hand';
    const row = rowAt([head, service]);
    t.like(row, { state: 'Ready', managedBy: 'other', skyCluster: 'train' });
    t.is(row.skyPilot.prints, null);
    t.regex(row.skyPilot.reason, /opened by neither SkyPilot nor kubectl-skyports$/);
    t.is(row.skyPilot.differs, null);
  });
}

test('what this plugin made is known by its label', (t) => {
  const service = skyLoadBalancer(train, [8888], { ip: '203.0.113.5' });
  service.metadata!.name = `${train.nameOnCloud}--skyports-lb`;
  service.metadata!.labels = { 'app.kubernetes.io/managed-by': 'kubectl-skyports' };
  const row = rowAt([head, service]);
  t.is(row.managedBy, 'kubectl-skyports');
  t.regex(row.skyPilot.reason, /opened by kubectl-skyports$/);
});

test('a foreign Service in front of two clusters is a row of each', (t) => {
  const other = skyNames('default', 'serve');
  const service = skyLoadBalancer(train, [8888], { ip: '203.0.113.5' });
  service.metadata!.name = 'both';
  service.spec!.selector = { parent: 'skypilot' };
  const rows = rowsAt([head, skyPod(other), service]);
  t.deepEqual(
    rows.map(({ skyCluster }) => skyCluster),
    ['serve', 'train'],
  );
});

test('a Service with all its Pods gone is Broken', (t) => {
  const row = rowAt([skyLoadBalancer(train, [8888], { ip: '203.0.113.5' })]);
  t.like(row, {
    state: 'Broken',
    reason: `SkyPilot cluster ${train.nameOnCloud} has no Pod any more`,
    skyCluster: train.nameOnCloud,
    url: 'http://203.0.113.5:8888',
  });
});

test('an orphan of ours keeps its display name', (t) => {
  const service = skyLoadBalancer(train, [8888]);
  service.metadata!.name = `${train.nameOnCloud}--skyports-lb`;
  service.metadata!.labels = { 'app.kubernetes.io/managed-by': 'kubectl-skyports' };
  service.metadata!.annotations = { 'skyports/sky-cluster': 'Train.1' };
  t.like(rowAt([service, skyLoadBalancer(train, [9000])], {}, { ports: [8888] }), {
    skyCluster: 'Train.1',
    state: 'Broken',
  });
});
