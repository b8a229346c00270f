import test from 'ava';
import type { DaemonSet } from 'kubernetes-types/apps/v1';
import type { Node, Pod, Service } from 'kubernetes-types/core/v1';
import { kubeVipPools } from '../../src/load-balancers/place.ts';
import { labelsForPool, poolRefusal } from '../../src/platforms/cilium-pools.ts';
import { explainEvent } from '../../src/platforms/event-explanations.ts';
import { speakersAbout } from '../../src/platforms/implementation.ts';
import { nothingGivesAddresses } from '../../src/platforms/missing-implementation.ts';
import { pendingReasonsOf } from '../../src/platforms/pending-reasons.ts';
import { portHolder, portTaken, serviceLbPodsRequest } from '../../src/platforms/service-lb.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import type { CiliumPool } from '../../src/snapshot/topics.ts';
import { seen } from '../helpers/look.ts';
import { platformClusters } from './clusters.ts';

const service: Service = {
  metadata: { name: 'train', namespace: 'ml', labels: { team: 'a' } },
  spec: { type: 'LoadBalancer', ports: [{ port: 80, targetPort: 8888 }] },
};

const at = (name: string, topics: object = {}): Snapshot => {
  const { snapshot } = platformClusters[name]!;
  return { ...snapshot, topics: { ...snapshot.topics, ...topics } };
};
const causes = (snapshot: Snapshot, reason?: string) =>
  pendingReasonsOf(service, snapshot, reason).map(({ cause }) => cause);

const pool = (name: string, spec: object = {}, conditions: readonly object[] = []): CiliumPool =>
  ({ metadata: { name }, spec, status: { conditions } }) as CiliumPool;
const selecting = (name: string, serviceSelector: object) => pool(name, { serviceSelector });
const conflicting = { type: 'cilium.io/PoolConflict', status: 'True', reason: 'cidr_overlap', message: '' };

test('why a pool of Cilium gives a Service nothing', (t) => {
  t.is(poolRefusal(pool('any'), service), undefined);
  t.is(poolRefusal(selecting('a', { matchLabels: { team: 'a' } }), service), undefined);
  t.is(poolRefusal(selecting('n', { matchLabels: { 'io.kubernetes.service.namespace': 'ml' } }), service), undefined);
  t.is(poolRefusal(selecting('b', { matchLabels: { team: 'b' } }), service), 'takes only Services with team=b');
  const among = { matchExpressions: [{ key: 'color', operator: 'In', values: ['blue', 'red'] }] };
  t.is(poolRefusal(selecting('c', among), service), 'takes only Services with color In (blue, red)');
  t.is(poolRefusal(pool('off', { disabled: true }), service), 'is disabled');
  t.is(poolRefusal(pool('twice', {}, [conflicting]), service), 'conflicts with another pool');
});

test('the labels that make a pool of Cilium take a Service', (t) => {
  t.deepEqual(labelsForPool(pool('any'), service), {});
  t.deepEqual(labelsForPool(selecting('a', { matchLabels: { team: 'a', color: 'blue' } }), service), { color: 'blue' });
  const expressions = [
    { key: 'color', operator: 'In', values: ['blue', 'red'] },
    { key: 'gpu', operator: 'Exists' },
    { key: 'old', operator: 'DoesNotExist' },
    { key: 'team', operator: 'NotIn', values: ['b'] },
  ];
  const selector = selecting('e', { matchExpressions: expressions });
  t.deepEqual(labelsForPool(selector, service), { color: 'blue', gpu: 'true' });
  t.is(
    labelsForPool(selecting('n', { matchLabels: { 'io.kubernetes.service.namespace': 'other' } }), service),
    undefined,
  );
  t.is(
    labelsForPool(selecting('x', { matchExpressions: [{ key: 'team', operator: 'DoesNotExist' }] }), service),
    undefined,
  );
});

test('Cilium without a pool for a Service: each pool says why, and what would help', (t) => {
  const cilium = 'bare metal with Cilium';
  const pools = [selecting('blue', { matchLabels: { color: 'blue' } }), pool('off', { disabled: true })];
  const [found] = pendingReasonsOf(service, at(cilium, { ciliumPools: seen(pools) }), 'no_pool');
  t.is(found?.cause, 'pool blue takes only Services with color=blue, pool off is disabled');
  t.regex(found?.advice ?? '', /^pool blue takes Services with its labels/);
  t.true(found?.isSure);
  t.regex(causes(at(cilium, { ciliumPools: seen([]) }), 'no_pool')[0] ?? '', /there is no CiliumLoadBalancerIPPool/);
  t.regex(causes(at(cilium, { ciliumPools: seen([]) }))[0] ?? '', /there is no CiliumLoadBalancerIPPool/);
  t.deepEqual(causes(at(cilium, { ciliumPools: seen([pool('any'), ...pools]) }), 'no_pool'), [], 'it asks for more');
  t.deepEqual(causes(at(cilium), 'no_pool'), [], 'pools were not seen');
  t.deepEqual(causes(at('EKS', { ciliumPools: seen([]) })), [], 'another gives addresses');
  t.deepEqual(causes(at(cilium, { ciliumPools: seen(pools) }), 'out_of_ips'), []);
});

test('Cilium that gives no addresses is told as what could', (t) => {
  t.regex(nothingGivesAddresses(at('Cilium as the network alone'))?.cause ?? '', /Cilium could, and has no/);
  t.is(nothingGivesAddresses(at('Cilium, told by its pool')), undefined);
});

const node = (name: string, more: { labels?: object; taints?: object[]; ready?: string }): Node =>
  ({
    metadata: { name, labels: more.labels ?? {} },
    spec: { taints: more.taints ?? [] },
    status: { conditions: [{ type: 'Ready', status: more.ready ?? 'True' }] },
  }) as Node;

test('no node is available: which are left out, and why', (t) => {
  const label = 'node.kubernetes.io/exclude-from-external-load-balancers';
  const nodes = [
    node('a', { labels: { [label]: '' } }),
    node('b', { ready: 'Unknown' }),
    node('c', { taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }] }),
    node('d', { ready: 'False' }),
    node('fine', {}),
  ];
  const [found] = pendingReasonsOf(service, at('GKE', { nodes: seen(nodes) }), 'UnAvailableLoadBalancer');
  t.is(
    found?.cause,
    `node a is excluded by its label ${label}, node b is not Ready, node c is about to be deleted, 1 more`,
  );
  t.regex(found?.look?.command ?? '', /kubectl describe nodes/, 'Ready they would be enough');
  const [labelled] = pendingReasonsOf(
    service,
    at('GKE', {
      nodes: seen([nodes[0]!, node('cp', { labels: { [label]: '', 'node-role.kubernetes.io/control-plane': '' } })]),
    }),
    'UnAvailableLoadBalancer',
  );
  t.is(labelled?.cause, `node a is excluded by its label ${label}`);
  t.is<string | null | undefined, string>(
    labelled?.look?.command,
    'kubectl label node a node.kubernetes.io/exclude-from-external-load-balancers-',
  );
  const other = pendingReasonsOf(service, at('GKE', { nodes: seen([nodes[1]!]) }), 'UnAvailableLoadBalancer');
  t.regex(other[0]?.look?.command ?? '', /kubectl describe nodes/);
  t.deepEqual(causes(at('GKE', { nodes: seen([nodes[4]!]) }), 'UnAvailableLoadBalancer'), []);
  t.deepEqual(causes(at('GKE', { nodes: seen(nodes) }), 'SyncLoadBalancerFailed'), []);
});

const words = "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.";
const svclb = (program: string, name: string, phase = 'Pending', message = words): Pod =>
  ({
    metadata: {
      name: `svclb-${name}-1a2b3c4d-x7k2p`,
      namespace: 'kube-system',
      labels: {
        app: `svclb-${name}-1a2b3c4d`,
        [`svccontroller.${program}.cattle.io/svcname`]: name,
        [`svccontroller.${program}.cattle.io/svcnamespace`]: 'ml',
      },
    },
    status: { phase, conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] },
  }) as Pod;

test('a Pod of ServiceLB that is not scheduled says why, for its own Service alone', (t) => {
  for (const program of ['k3s', 'rke2']) {
    const [found] = pendingReasonsOf(service, at('K3s', { serviceLbPods: seen([svclb(program, 'train')]) }), undefined);
    t.regex(found?.cause ?? '', /its Pod kube-system\/svclb-train-\S+ of ServiceLB is not scheduled: .*free ports/);
    t.regex(found?.advice ?? '', /open another Service port/);
    t.true(found?.isSure);
  }
  t.regex(causes(at('K3s', { serviceLbPods: seen([svclb('k3s', 'other')]) }))[0] ?? '', /has made no Pod for it/);
  t.deepEqual(causes(at('K3s with MetalLB', { serviceLbPods: seen([]) })), [], 'MetalLB may give it');
  t.deepEqual(causes(at('K3s', { serviceLbPods: seen([svclb('k3s', 'train', 'Running')]) })), []);
  const tainted = svclb('k3s', 'train', 'Pending', '0/1 nodes are available: 1 node(s) had untolerated taint.');
  t.false(pendingReasonsOf(service, at('K3s', { serviceLbPods: seen([tainted]) }), undefined)[0]?.isSure);
  t.is(serviceLbPodsRequest(at('K3s')).labelSelector, 'svccontroller.k3s.cattle.io/svcname');
  t.is(serviceLbPodsRequest(at('RKE2')).labelSelector, 'svccontroller.rke2.cattle.io/svcname');
});

test('without a Pod of ServiceLB, its DaemonSet shows why', (t) => {
  const labels = (name: string) => svclb('k3s', name).metadata!.labels;
  const daemonSet = (spec: object, status: object) => ({
    metadata: { name: 'svclb-train-1a2b3c4d', namespace: 'kube-system', labels: labels('train') },
    ...{ spec, status },
  });
  const found = (...daemonSets: object[]) => {
    const topics = { serviceLbPods: seen([]), serviceLbDaemonSets: seen(daemonSets as DaemonSet[]) };
    return pendingReasonsOf(service, at('K3s', topics), undefined)[0];
  };
  t.regex(found()?.cause ?? '', /has made no DaemonSet for it: it may be turned off/);
  const nodeSelector = { 'svccontroller.k3s.cattle.io/enablelb': 'true' };
  const excluded = found(daemonSet({ template: { spec: { nodeSelector } } }, { desiredNumberScheduled: 0 }));
  t.regex(excluded?.cause ?? '', /svclb-train-1a2b3c4d of ServiceLB runs on no node: none .*\/enablelb=true$/);
  t.regex(excluded?.look?.command ?? '', /^kubectl label node \S+ svccontroller\.k3s\.cattle\.io\/enablelb=true$/);
  t.true(excluded?.isSure);
  const refused = found(daemonSet({}, { desiredNumberScheduled: 1 }));
  t.regex(refused?.cause ?? '', /has no Pod$/);
  t.is(`${refused?.look?.command}`, 'kubectl describe daemonset svclb-train-1a2b3c4d -n kube-system');
});

test('pools of kube-vip: a CIDR before a range, the namespace before all', (t) => {
  const data = {
    'cidr-global': '192.168.0.220/29',
    'range-global': '192.168.0.1-192.168.0.2',
    'range-ml': '10.0.0.1-10.0.0.9',
    'cidr-web': '10.1.0.0/24',
    'search-order': 'desc',
  };
  const own = (namespace: string, of: Readonly<Record<string, string>> = data) => kubeVipPools(of, namespace).own;
  t.deepEqual(own('web'), { name: 'web', addresses: '10.1.0.0/24' });
  t.deepEqual(own('ml'), { name: 'global', addresses: '192.168.0.220/29' });
  t.deepEqual(own('ml', { 'range-ml': 'a', 'range-global': 'b' }), { name: 'ml', addresses: 'a' });
  t.deepEqual(own('web', { 'range-global': 'b' }), { name: 'global', addresses: 'b' });
  t.is(own('web', { 'search-order': 'desc' }), undefined);
  t.deepEqual(
    kubeVipPools(data, 'ml').all.map(({ name }) => name),
    ['global', 'global', 'ml', 'web'],
  );
});

test('ServiceLB says that no node is available when none of its Pods is ready: no node is blamed', (t) => {
  const nodes = [node('a', { labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': '' } })];
  const said = causes(
    at('K3s', { nodes: seen([{ ...nodes[0], spec: { providerID: 'k3s://a' } }]) }),
    'UnAvailableLoadBalancer',
  );
  t.deepEqual(said, []);
  const speakers = speakersAbout(service, at('K3s'));
  const words = { reason: 'UnAvailableLoadBalancer', message: 'There are no available nodes for LoadBalancer' };
  t.regex(explainEvent(words, speakers)?.cause ?? '', /none of its Pods of ServiceLB is ready/);
});

const asking = (ports: readonly number[], more: object = {}, name = 'train'): Service =>
  ({
    metadata: { name, namespace: 'ml', ...more },
    spec: { type: 'LoadBalancer', ports: ports.map((port) => ({ port, targetPort: 8888 })) },
  }) as Service;
const holding = (ports: readonly object[], spec: object = {}, metadata: object = {}): Service =>
  ({
    metadata: { name: 'traefik', namespace: 'kube-system', ...metadata },
    spec: { type: 'LoadBalancer', ports, ...spec },
    status: { loadBalancer: { ingress: [{ ip: '10.0.0.1' }] } },
  }) as Service;

test('a port of the nodes is held by protocol, class and pool; another is proposed that nobody holds', (t) => {
  const holderOf = (ports: readonly number[], holder: Service, pool?: string) =>
    portHolder(ports, { own: 'ml/train', pool }, [holder]);
  t.deepEqual(holderOf([80], holding([{ port: 80 }])), { port: 80, holder: 'kube-system/traefik', free: 81 });
  t.is(holderOf([443, 444], holding([{ port: 443 }, { port: 445 }]))?.free, 442);
  t.is(holderOf([65535], holding([{ port: 65535 }]))?.free, 65534);
  t.is(holderOf([443], holding([{ port: 443, protocol: 'UDP' }])), undefined);
  t.is(holderOf([443], holding([{ port: 443 }], { loadBalancerClass: 'tailscale' })), undefined);
  const labels = { 'svccontroller.k3s.cattle.io/lbpool': 'gpu' };
  t.is(holderOf([443], holding([{ port: 443 }], {}, { labels })), undefined);
  t.truthy(holderOf([443], holding([{ port: 443 }], {}, { labels }), 'gpu'));
  const k3s = at('K3s', { services: seen([asking([80]), holding([{ port: 80, protocol: 'UDP' }])]) });
  t.is(portTaken(asking([80]), k3s), undefined);
});
