import test from 'ava';
import type { Evidence } from '../../src/doctor/finding.ts';
import { describesShown, seenInstead } from '../../src/doctor/seen-instead.ts';
import { allPodsIn } from '../../src/doctor/subjects/all-pods.ts';
import { advice, type Cure, command, cure } from '../../src/errors/cure.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { allTopics, topicRows } from '../../src/snapshot/topics.ts';
import { inBothForms } from '../helpers/kubectl-form.ts';
import { lookAt, seen } from '../helpers/look.ts';
import { allScenarios, diagnosisOfScenario, snapshotOfScenario } from '../helpers/scenario.ts';

const withTopics = (topics: object): Snapshot => {
  const snapshot = lookAt([]);
  return { ...snapshot, topics: { ...snapshot.topics, ...topics } } as Snapshot;
};
const noted = (all: readonly Cure[], topics: object, evidence: readonly Evidence[] = []) => {
  const { facts, cures } = seenInstead(all, evidence, withTopics(topics));
  return [...facts, ...cures.map(({ command: text, note }) => text ?? note)];
};

const pools = cure(command`kubectl get ipaddresspools -A`, 'shows the pools');
const lan = { metadata: { name: 'lan' }, spec: { addresses: ['192.0.2.8-192.0.2.9', '198.51.100.0/30'] } };

test('a list that was seen is told, and one that was not is looked at', (t) => {
  t.deepEqual(noted([pools], {}), ['kubectl get ipaddresspools -A']);
  t.deepEqual(noted([pools], { addressPools: seen([lan]) }), [
    '1 IPAddressPool: lan (192.0.2.8-192.0.2.9, 198.51.100.0/30)',
  ]);
  t.deepEqual(noted([pools], { addressPools: seen([]) }), ['there is no IPAddressPool']);
  t.deepEqual(noted([pools], { addressPools: { ...seen([lan]), cutOff: true } }), ['kubectl get ipaddresspools -A']);
});

test('of each list, what a reader would look for', (t) => {
  const told = (text: Cure['command'], topics: object) => noted([cure(text, 'shows it')], topics)[0];
  const blocks = [{ cidr: '192.0.2.0/30' }, { start: '192.0.2.8', stop: '192.0.2.9' }];
  const left = { type: 'cilium.io/IPsAvailable', status: 'Unknown', message: '3' };
  const ciliumPools = seen([
    { metadata: { name: 'a' }, spec: { blocks, disabled: true }, status: { conditions: [left] } },
  ]);
  t.is(
    told(command`kubectl get ciliumloadbalancerippools -o yaml`, { ciliumPools }),
    '1 CiliumLoadBalancerIPPool: a (192.0.2.0/30, 192.0.2.8-192.0.2.9, 3 left, is disabled)',
  );
  const ingressClasses = seen([
    { metadata: { name: 'nginx' }, spec: { controller: 'k8s.io/ingress-nginx' } },
    { metadata: { name: 'web' } },
  ]);
  t.is(
    told(command`kubectl get ingressclass`, { ingressClasses }),
    '2 IngressClasses: nginx (k8s.io/ingress-nginx); web',
  );
  const node = (name: string, status: string, more: object = {}) => ({
    metadata: { name },
    status: { conditions: [{ type: 'Ready', status }], addresses: [{ type: 'InternalIP', address: '192.0.2.1' }] },
    ...more,
  });
  const nodes = seen([node('a', 'True', { spec: { providerID: 'oci://a' } }), node('b', 'Unknown')]);
  t.is(told(command`kubectl get nodes`, { nodes }), '2 nodes: a (Ready); b (not Ready)');
  t.is(told(command`kubectl get nodes -o wide`, { nodes }), '2 nodes: a (Ready, 192.0.2.1); b (not Ready, 192.0.2.1)');
  t.is(
    told(command`kubectl get nodes -o custom-columns=N:.metadata.name,ID:.spec.providerID`, { nodes }),
    '2 nodes: a (Ready, providerID oci://a); b (not Ready, no providerID)',
  );
  const targetGroupBindings = seen([{ metadata: { name: 'k8s-1' }, spec: { serviceRef: { name: 'web', port: 80 } } }]);
  t.is(
    told(command`kubectl get targetgroupbindings -A`, { targetGroupBindings }),
    '1 TargetGroupBinding: k8s-1 (Service web, port 80)',
  );
  const l2Advertisements = seen([
    { metadata: { name: 'a' }, spec: { interfaces: ['eth1'] } },
    { metadata: { name: 'b' } },
  ]);
  t.is(
    told(command`kubectl get l2advertisements -A -o yaml`, { l2Advertisements }),
    '2 L2Advertisements: a (interfaces eth1); b (every interface)',
  );
  const labels = { 'svccontroller.k3s.cattle.io/svcname': 'web' };
  const serviceLbPods = seen([
    { metadata: { name: 'svclb-web', namespace: 'kube-system', labels }, status: { phase: 'Pending' } },
  ]);
  t.is(
    told(command`kubectl get pods -A -o wide -l svccontroller.k3s.cattle.io/svcname`, { serviceLbPods }),
    '1 Pod: kube-system/svclb-web (it is Pending)',
  );
});

test('what a note says besides stays, and long lists are cut', (t) => {
  const shows = cure(pools.command, 'shows the pools: widen one');
  const many = seen(Array.from({ length: 10 }, (_, index) => ({ metadata: { name: `p${index}` } })));
  t.deepEqual(noted([shows], { addressPools: many }), [
    '10 IPAddressPools: p0; p1; p2; p3; p4; p5; p6; p7; 2 more',
    'widen one',
  ]);
});

test('an object whose events are in the finding is not described, unless nothing else is left to do', (t) => {
  const object = { kind: 'Service', namespace: 'default', name: 'web' };
  const event = { reason: 'Failed', message: 'no', count: 1, lastSeen: null, by: null };
  const describes = cure(command`kubectl describe service web -n default`, 'shows its events');
  const other = advice('wait');
  t.deepEqual(noted([describes, other], {}, [{ object, event }]), ['wait']);
  t.deepEqual(noted([describes], {}, [{ object, event }]), ['kubectl describe service web -n default']);
  t.deepEqual(noted([describes, other], {}), ['kubectl describe service web -n default', 'wait']);
  t.deepEqual(noted([describes, other], {}, [{ object: { ...object, name: 'x' }, event }]).length, 2);
});

/** Commands that show more than the snapshot has, although it has a list of the kind. */
const exceptions: readonly (readonly [RegExp, string])[] = [
  [
    /^kubectl get pods -A -o wide$/,
    'a look lists Pods with certain labels, and the one that is looked for has none of them',
  ],
  [/^kubectl get service \S+ -n \S+ --watch$/, 'it shows what changes from now on'],
  [/^kubectl get pods -A -l app\.kubernetes\.io\/name=cert-manager$/, 'the Pods of cert-manager are not listed'],
  [/^kubectl get configmap /, 'of a ConfigMap, only the settings that are read are kept'],
];

test('no scenario suggests a command whose list it has, nor to describe what it has the events of', async (t) => {
  const found: string[] = [];
  for (const scenario of allScenarios()) {
    const { topics } = snapshotOfScenario(scenario);
    const { diagnosis } = await diagnosisOfScenario(scenario);
    const isSeen = (resource: string) =>
      allTopics.some((topic) => {
        const { resource: plural, kind } = topicRows[topic];
        const names = [plural, kind?.toLowerCase(), `${kind?.toLowerCase()}es`];
        return topics[topic].observed && names.includes(resource.split('.')[0]);
      });
    for (const { id, findings } of diagnosis.checks) {
      for (const { cures, evidence } of findings)
        for (const each of cures) if (describesShown(each, evidence)) found.push(`${scenario.name}: ${each.command}`);
      for (const { command: text } of findings.flatMap(({ cures }) => cures)) {
        const [, resources = ''] = /^kubectl get (?:-[no] \S+ )*(\S+)/.exec(text ?? '') ?? [];
        if (resources === '' || !resources.split(',').every(isSeen)) continue;
        if (!exceptions.some(([pattern]) => pattern.test(text!))) found.push(`${scenario.name}: ${id}: ${text}`);
      }
    }
  }
  t.deepEqual(found, []);
});

test("kubectl's output of all namespaces has all Pods, so that no command lists them", async (t) => {
  const found: string[] = [];
  let whole = 0;
  for (const scenario of allScenarios()) {
    const forms = inBothForms(scenario);
    if ('why' in forms) continue;
    const { name } = scenario;
    if (allPodsIn(snapshotOfScenario({ ...scenario, text: forms.kubectl }).topics) === undefined) continue;
    whole++;
    const { diagnosis } = await diagnosisOfScenario({ name, text: forms.kubectl, arguments: forms.arguments });
    for (const { id, findings, cures } of diagnosis.checks) {
      const all = [...cures, ...findings.flatMap((each) => each.cures)];
      const listing = all.filter(({ command: text }) => /^kubectl get \S*\bpods\b/.test(text ?? ''));
      found.push(...listing.map(({ command: text }) => `${name}: ${id}: ${text}`));
    }
  }
  t.true(whole > 50, `${whole}`);
  t.deepEqual(found, []);
});

test('of all Pods, those that a command would list are told', (t) => {
  const pod = (namespace: string, name: string) => ({
    metadata: { namespace, name },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
  });
  const pods = seen([pod('a', 'one'), pod('b', 'two')]);
  const listing = cure(command`kubectl get pods -n a -l app=x`, 'shows them');
  t.deepEqual(noted([listing], { pods }), ['there is no Pod']);
  t.deepEqual(noted([cure(command`kubectl get pods -n a`, 'shows them')], { pods }), ['1 Pod: a/one (Ready)']);
  t.deepEqual(noted([listing], { pods: seen([pod('a', 'one')]) }), ['kubectl get pods -n a -l app=x']);
});

test('what a list shows is a fact of the finding, and no advice beside others', (t) => {
  const { facts, cures } = seenInstead([pools, advice('wait')], [], withTopics({ addressPools: seen([lan]) }));
  t.deepEqual(facts, ['1 IPAddressPool: lan (192.0.2.8-192.0.2.9, 198.51.100.0/30)']);
  t.deepEqual(cures, [advice('wait')]);
});
