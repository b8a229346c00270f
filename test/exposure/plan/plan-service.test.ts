import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import { UsageError } from '../../../src/errors/usage-error.ts';
import { mustNotExist } from '../../../src/snapshot/plan.ts';
import type { KubernetesObject } from '../../helpers/look.ts';
import { type Asked, exposed, planAt, train } from '../../helpers/requests.ts';
import { saidBy } from '../../helpers/said.ts';
import { skyPod } from '../../helpers/skypilot-objects.ts';

const head = skyPod(train);
const name = `${train.nameOnCloud}--skyports-lb`;

/** The one Service of a plan. */
function written(objects: readonly KubernetesObject[], asked: Asked): { manifest: Service; effect: string } {
  const { writes } = planAt(objects, asked);
  if (writes.length !== 1) throw new Error(`${writes.length} writes`);
  return { manifest: writes[0]!.manifest as Service, effect: writes[0]!.effect };
}

test('loadbalancer, fresh', (t) => {
  const plan = planAt([head], { ports: '9000 80:8888' });
  t.deepEqual(plan.warnings, []);
  t.deepEqual(plan.removals, []);
  t.deepEqual(plan.writes, [
    {
      kind: 'Service',
      effect: 'created',
      ports: [80, 9000],
      manifest: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: {
          name,
          namespace: 'default',
          labels: { 'skypilot-cluster-name': train.nameOnCloud, 'app.kubernetes.io/managed-by': 'kubectl-skyports' },
          annotations: { 'skyports/sky-cluster': 'train' },
          resourceVersion: mustNotExist,
        },
        spec: {
          type: 'LoadBalancer',
          selector: { component: `${train.nameOnCloud}-head` },
          ports: [
            { name: 'port80', port: 80, targetPort: 8888, protocol: 'TCP' },
            { name: 'port9000', port: 9000, targetPort: 9000, protocol: 'TCP' },
          ],
        },
      },
    },
  ]);
});

test('nodeport, fresh', (t) => {
  const { manifest } = written([head], { mode: 'nodeport' });
  t.is(manifest.metadata?.name, `${train.nameOnCloud}--skyports-nodeport`);
  t.like(manifest.spec, { type: 'NodePort', selector: { component: `${train.nameOnCloud}-head` } });
});

test('every option at creation', (t) => {
  const { manifest } = written([head], {
    allNodes: true,
    loadBalancerClass: 'example.com/lb',
    sourceRanges: ['203.0.113.0/24'],
    annotations: { set: { a: '1' }, remove: ['none'] },
    labels: { set: { b: '2' }, remove: [] },
  });
  t.like(manifest.spec, {
    selector: { 'skypilot-cluster-name': train.nameOnCloud },
    loadBalancerClass: 'example.com/lb',
    loadBalancerSourceRanges: ['203.0.113.0/24'],
  });
  t.is(manifest.metadata?.annotations?.a, '1');
  t.is(manifest.metadata?.labels?.b, '2');
});

const first: Asked = {
  ports: '8888',
  sourceRanges: ['203.0.113.0/24'],
  loadBalancerClass: 'example.com/lb',
  annotations: { set: { internal: 'true', scheme: 'x' }, remove: [] },
};
const live = exposed([head], first);
const liveService = live.find(({ kind }) => kind === 'Service') as Service;
const before = written(live, { ports: '8888' }).manifest;

test('the same again, or less of it, changes nothing', (t) => {
  for (const asked of [first, { ports: '8888' }, { ports: '8888', loadBalancerClass: 'example.com/lb' }]) {
    t.is(written(live, asked).effect, 'unchanged');
  }
});

test('what is there is repeated, with its version: apply drops what is not', (t) => {
  const { manifest, effect } = written(live, { ports: '9000' });
  t.is(effect, 'changed');
  t.is(manifest.metadata?.resourceVersion, liveService.metadata?.resourceVersion);
  t.like(manifest.metadata?.annotations, { internal: 'true', scheme: 'x', 'skyports/sky-cluster': 'train' });
  t.like(manifest.spec, { loadBalancerClass: 'example.com/lb', loadBalancerSourceRanges: ['203.0.113.0/24'] });
  t.deepEqual(
    manifest.spec?.ports?.map(({ port }) => port),
    [8888, 9000],
  );
});

test('what the server or others set is not repeated', (t) => {
  t.is(before.spec?.clusterIP, undefined);
  t.is(before.spec?.ports?.[0]?.nodePort, undefined);
  t.is(before.metadata?.uid, 'uid-1', 'the precondition that it is the same object');
  t.is(before.metadata?.managedFields, undefined);
});

const edits: Readonly<Record<string, [Asked, (service: Service) => void]>> = {
  '--source-range replaces the ranges': [
    { sourceRanges: ['198.51.100.0/24'] },
    ({ spec }) => Object.assign(spec!, { loadBalancerSourceRanges: ['198.51.100.0/24'] }),
  ],
  'an empty --source-range removes them': [{ sourceRanges: [] }, ({ spec }) => delete spec!.loadBalancerSourceRanges],
  'KEY- removes an annotation': [
    { annotations: { set: {}, remove: ['internal'] } },
    ({ metadata }) => delete metadata!.annotations!.internal,
  ],
  'KEY=VALUE replaces one': [
    { annotations: { set: { scheme: 'y' }, remove: [] } },
    ({ metadata }) => Object.assign(metadata!.annotations!, { scheme: 'y' }),
  ],
  '--label adds one': [
    { labels: { set: { team: 'ml' }, remove: [] } },
    ({ metadata }) => Object.assign(metadata!.labels!, { team: 'ml' }),
  ],
  '--all-nodes widens the selector': [
    { allNodes: true },
    ({ spec }) => Object.assign(spec!, { selector: { 'skypilot-cluster-name': train.nameOnCloud } }),
  ],
  'a port gets another target': [
    { ports: '8888:9999' },
    ({ spec }) => Object.assign(spec!.ports![0]!, { targetPort: 9999 }),
  ],
};
for (const [title, [asked, edit]] of Object.entries(edits)) {
  test(`${title}, and nothing else`, (t) => {
    const expected = structuredClone(before);
    edit(expected);
    const { manifest, effect } = written(live, { ports: '8888', ...asked });
    t.deepEqual(manifest, expected);
    t.is(effect, 'changed');
    const [after] = exposed(live, { ports: '8888', ...asked }).filter(({ kind }) => kind === 'Service');
    t.is(written([head, after!], { ports: '8888', ...asked }).effect, 'unchanged');
  });
}

test('a class that a webhook gave is not taken over by naming it', (t) => {
  const service = exposed([head], {}).find(({ kind }) => kind === 'Service') as Service;
  const given: Service = { ...service, spec: { ...service.spec, loadBalancerClass: 'service.k8s.aws/nlb' } };
  t.is(written([head, given], { loadBalancerClass: 'service.k8s.aws/nlb' }).effect, 'unchanged');
});

test('the selector stays as it is unless it is named', (t) => {
  const wide = exposed([head], { allNodes: true });
  t.is(written(wide, { ports: '9000' }).manifest.spec?.selector?.['skypilot-cluster-name'], train.nameOnCloud);
  t.is(
    written(wide, { ports: '9000', allNodes: false }).manifest.spec?.selector?.component,
    `${train.nameOnCloud}-head`,
  );
});

const classes: Readonly<Record<string, [Asked, Asked, RegExp]>> = {
  'another class': [
    { loadBalancerClass: 'example.com/lb' },
    { loadBalancerClass: 'example.com/other' },
    /has loadBalancerClass example\.com\/lb, and Kubernetes refuses to change it; closes its ports; then expose them again: kubectl skyports unexpose train -n \S+ --mode loadbalancer$/,
  ],
  'a class afterwards': [{}, { loadBalancerClass: 'example.com/lb' }, /was created without a loadBalancerClass/],
};
for (const [title, [made, asked, says]] of Object.entries(classes)) {
  test(`${title} is refused`, (t) => {
    const error = t.throws(() => planAt(exposed([head], made), asked), { instanceOf: UsageError });
    t.regex(saidBy(error), says);
  });
}

test('a port that another manager added keeps its name, and one of the same number by UDP is another port', (t) => {
  const [live] = exposed([head], { ports: '8888' }).filter(({ kind }) => kind === 'Service') as Service[];
  const others = [
    { name: 'mine', port: 9001, targetPort: 9001, protocol: 'TCP' },
    { name: 'dns', port: 9002, targetPort: 53, protocol: 'UDP' },
  ];
  const edited = { ...live!, spec: { ...live!.spec, ports: [...live!.spec!.ports!, ...others] } };
  const { manifest } = written([head, edited], { ports: '9001:9005 9002' });
  t.deepEqual(
    manifest.spec!.ports!.map(({ name: called, port, targetPort }) => [called, port, targetPort]),
    [
      ['port8888', 8888, 8888],
      ['mine', 9001, 9005],
      ['port9002', 9002, 9002],
    ],
  );
});
