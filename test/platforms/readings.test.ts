import test from 'ava';
import { CommandPart } from '../../src/errors/cure.ts';
import { allLoadBalancers } from '../../src/platforms/all-platforms.ts';
import { annotationKey } from '../../src/platforms/annotation-key.ts';
import { commonExplanations, explainEvent } from '../../src/platforms/event-explanations.ts';
import { nobodyServesClass, nothingGivesAddresses } from '../../src/platforms/missing-implementation.ts';
import { metallbPoolsOf } from '../../src/platforms/pending-reasons.ts';
import { rivalsHeard } from '../../src/platforms/rival-implementations.ts';
import { portTaken } from '../../src/platforms/service-lb.ts';
import { type Snapshot, snapshotOf } from '../../src/snapshot/snapshot.ts';
import { itemsOf } from '../../src/snapshot/topics.ts';
import { forbidden, seen } from '../helpers/look.ts';
import { platformClusters } from './clusters.ts';
import { serviceControllerWords, type Words, wordsOf } from './words.ts';

/** What the words are about, if they mean something else without an annotation. */
function aboutOf({ annotations }: Words) {
  return annotations && { service: { metadata: { annotations } }, snapshot: at('bare metal') };
}

for (const [id, words] of Object.entries(wordsOf)) {
  test(`${id}: what it says is read`, (t) => {
    const own = allLoadBalancers.filter((each) => each.id === id);
    for (const each of words) t.regex(explainEvent(each, own, aboutOf(each))?.cause ?? '', each.cause, each.message);
  });
}

test('each reading has words that it reads', (t) => {
  for (const loadBalancer of allLoadBalancers) {
    const { id, eventExplanations, fallbackExplanations } = loadBalancer;
    const read = new Set((wordsOf[id] ?? []).map((each) => explainEvent(each, [loadBalancer], aboutOf(each))));
    for (const each of [...(eventExplanations?.() ?? []), ...(fallbackExplanations?.() ?? [])])
      t.true(read.has(each), `${id}: ${each.cause}`);
  }
  const common = new Set(serviceControllerWords.map((each) => explainEvent(each, [])));
  for (const each of commonExplanations()) t.true(common.has(each), each.cause);
});

test('every reading says what to do and where it is from', (t) => {
  for (const { cause, advice, flags, mostPorts, without, scheme, look, source } of [
    ...commonExplanations(),
    ...allLoadBalancers.flatMap((each) => [
      ...(each.eventExplanations?.() ?? []),
      ...(each.fallbackExplanations?.() ?? []),
    ]),
  ]) {
    t.truthy(advice || flags || mostPorts || without || scheme || look, cause);
    t.notRegex(advice, /do what (?:the|its) message says/, `${cause}: that says nothing`);
    // What a flag of expose fixes is a command, not prose.
    if (!flags && !mostPorts && !without && !scheme)
      t.notRegex(
        advice,
        /expose (?:again|the port)|--(?:annotation|label|static-ip|address-pool|source-range|scheme)\b/,
        cause,
      );
    t.regex(source, /^https:\/\//, cause);
  }
});

test('what nobody knows is not read', (t) => {
  t.is(explainEvent({ reason: 'SyncLoadBalancerFailed', message: 'the moon is full' }), undefined);
  t.is(explainEvent({ reason: 'Scheduled', message: 'quota' }), undefined);
  t.is(explainEvent({ reason: '', message: '' }), undefined);
});

const at = (name: string): Snapshot => platformClusters[name]!.snapshot;
const nothingAt = (name: string) => nothingGivesAddresses(at(name));

test('nothing gives addresses: what to do is the platform’s own', (t) => {
  t.regex(nothingAt('kind')?.cause ?? '', /nothing that was seen here gives Services addresses \(kind\)/);
  t.regex(nothingAt('kind')?.advice ?? '', /cloud-provider-kind/);
  t.regex(nothingAt('MicroK8s')?.look?.command ?? '', /^microk8s enable metallb:FROM-TO$/);
  for (const name of ['bare metal', 'RKE2', 'k0s']) {
    const [install, wait, pool] = (nothingAt(name)?.steps ?? []).map(({ command }) => command ?? '');
    t.regex(
      install!,
      /^kubectl apply -f https:\/\/\S+\/v\d+\.\d+\.\d+\/config\/manifests\/metallb-native\.yaml$/,
      name,
    );
    t.regex(wait!, /^kubectl wait deployment\/controller -n metallb-system --for=condition=Available/, name);
    const [, manifest] = /^echo '([^']+)' \| kubectl apply -f -$/.exec(pool!) ?? [];
    const { items } = JSON.parse(manifest!);
    t.deepEqual(
      items.map(({ kind, spec }: { kind: string; spec: object }) => [kind, spec]),
      [
        ['IPAddressPool', { addresses: ['RANGE'] }],
        ['L2Advertisement', { ipAddressPools: ['default'] }],
      ],
    );
    t.deepEqual(manifest!.match(/"[A-Z]+"/g), ['"RANGE"'], 'the only placeholder');
  }
  for (const name of ['kind', 'MicroK8s', 'OpenShift', 'minikube']) t.is(nothingAt(name)?.steps, undefined, name);
  t.regex(nothingAt('minikube')?.cause ?? '', /only while its tunnel runs/);
});

test('who has given a Service its address is there, whether it is told or not', (t) => {
  const given = { loadBalancer: { ingress: [{ ip: '172.18.0.5' }] } };
  const service = (spec: object, status: object) => ({
    metadata: { name: 'web', namespace: 'default' },
    spec: { type: 'LoadBalancer', ...spec },
    status,
  });
  const withService = (name: string, one: object) => ({
    ...at(name),
    topics: { ...at(name).topics, services: seen([one]) },
  });
  for (const name of ['kind', 'bare metal', 'minikube', 'MicroK8s']) {
    t.is(nothingGivesAddresses(withService(name, service({}, given))), undefined, name);
    t.truthy(nothingGivesAddresses(withService(name, service({}, {}))), name);
    t.truthy(nothingGivesAddresses(withService(name, service({ loadBalancerClass: 'tailscale' }, given))), name);
    t.truthy(nothingGivesAddresses(withService(name, service({ type: 'NodePort' }, given))), name);
  }
});

test('minikube with another load balancer needs no tunnel', (t) => {
  const minikube = at('minikube');
  const apiGroups = seen([{ name: 'metallb.io' }]);
  t.is(nothingGivesAddresses({ ...minikube, topics: { ...minikube.topics, apiGroups } }), undefined);
});

test('where something gives addresses, nothing is missing', (t) => {
  for (const name of ['GKE', 'EKS', 'K3s', 'bare metal with kube-vip']) t.is(nothingAt(name), undefined, name);
});

test('nothing is concluded from what was not seen', (t) => {
  const blind = { ...at('bare metal'), topics: { ...at('bare metal').topics, loadBalancerPods: forbidden('pods') } };
  t.is(nothingGivesAddresses(blind), undefined);
  const nothing = snapshotOf({ context: '', namespace: null, takenAt: '' }, {});
  t.is(nothingGivesAddresses(nothing), undefined);
  t.is(nobodyServesClass('example.com/lb', nothing), undefined);
});

test('a class that nothing serves is told, one that something serves is not', (t) => {
  t.regex(
    nobodyServesClass('example.com/lb', at('GKE'))?.cause ?? '',
    /what was seen here \(GKE's own cloud controller\) is not known/,
  );
  t.is(nobodyServesClass('service.k8s.aws/nlb', at('EKS with the AWS Load Balancer Controller')), undefined);
});

test('MetalLB without the pool that a Service needs is told where pools were seen', (t) => {
  const metallb = 'bare metal with MetalLB';
  const service = (annotations: object = {}, spec: object = {}) => ({
    metadata: { name: 'train', namespace: 'default', annotations: annotations as Record<string, string> },
    spec: { type: 'LoadBalancer', ...spec },
  });
  const withPools = (name: string, ...pools: readonly string[]) => ({
    ...at(name),
    topics: { ...at(name).topics, addressPools: seen(pools.map((pool) => ({ metadata: { name: pool } }))) },
  });
  t.is(metallbPoolsOf(service(), at(metallb), true), undefined, 'pools were not seen');
  t.regex(metallbPoolsOf(service(), withPools(metallb), true)?.cause ?? '', /has no IPAddressPool/);
  t.is(metallbPoolsOf(service(), withPools(metallb), false), undefined, 'it says what is wrong itself');
  t.is(metallbPoolsOf(service(), withPools(metallb, 'all'), true), undefined);
  t.is(metallbPoolsOf(service(), withPools('GKE'), true), undefined, 'another gives addresses');
  // ServiceLB cannot be told from one that is turned off.
  t.like(metallbPoolsOf(service(), withPools('K3s with MetalLB'), true), { isSure: false });
  t.regex(
    metallbPoolsOf(service({ 'metallb.io/address-pool': 'gold' }), withPools('K3s with MetalLB', 'all'), false)
      ?.cause ?? '',
    /it asks for pool gold .*, and the only pool is all/,
  );
  t.is(metallbPoolsOf(service({}, { loadBalancerClass: 'other' }), withPools(metallb), true), undefined);
  const gold = { 'metallb.io/address-pool': 'gold' };
  t.like(metallbPoolsOf(service(gold), withPools(metallb, 'all', 'tiny'), false), {
    cause: 'it asks for pool gold by metallb.io/address-pool, and the pools are all, tiny',
    flags: new CommandPart('--annotation metallb.io/address-pool-'),
  });
  const old = { 'metallb.universe.tf/address-pool': 'gold' };
  t.is(
    metallbPoolsOf(service(old), withPools(metallb, 'all'), false)?.flags?.text,
    '--annotation metallb.universe.tf/address-pool-',
  );
  t.is(metallbPoolsOf(service(gold), withPools(metallb, 'gold'), false), undefined);
});

test('an annotation bears the prefix that the load balancer itself writes', (t) => {
  const metallb = allLoadBalancers.find(({ id }) => id === 'metallb')!;
  const bearing = (...keys: readonly string[]) =>
    keys.map((key) => ({ metadata: { annotations: { [key]: 'x' } }, spec: {} }));
  const [now, before] = ['metallb.io/address-pool', 'metallb.universe.tf/address-pool'];
  const from = 'ip-allocated-from-pool';
  t.is(annotationKey(metallb, now, []), now);
  t.is(annotationKey(metallb, now, bearing(`metallb.universe.tf/${from}`)), before);
  t.is(annotationKey(metallb, now, bearing(`metallb.universe.tf/${from}`, `metallb.io/${from}`)), now);
  t.is(annotationKey(metallb, now, bearing('metallb.universe.tf/address-pool')), now, 'set by hand');
  t.is(annotationKey(allLoadBalancers[0]!, now, bearing(`metallb.universe.tf/${from}`)), now);
});

test('a reason that may be anybody’s counts as somebody’s only where that one was seen', (t) => {
  const named = (id: string) => allLoadBalancers.find((each) => each.id === id)!;
  const trouble = { reason: 'InternalError', message: 'x' };
  t.regex(explainEvent(trouble, [named('metallb')])?.cause ?? '', /itself in trouble/);
  t.is(explainEvent(trouble, [named('gke')]), undefined);
  t.is(explainEvent(trouble, []), undefined, 'nothing was found, and all was looked at');
  t.truthy(explainEvent(trouble), 'nothing could be looked at');
  t.truthy(explainEvent({ ...trouble, by: 'metallb-controller' }, [named('gke')]), 'it says itself who it is');
  const ofAzure = { reason: 'SyncLoadBalancerFailed', message: 'PublicIPCountLimitReached' };
  t.regex(explainEvent(ofAzure, [named('aks')])?.cause ?? '', /public IP/);
  t.notRegex(explainEvent(ofAzure, [named('gke')])?.cause ?? '', /public IP/);
  const unavailable = { reason: 'UnAvailableLoadBalancer', message: '' };
  t.truthy(explainEvent(unavailable, [named('gke')]), 'everybody has the service controller’s');
});

test('a port of the nodes that ServiceLB has given away is told, with whom', (t) => {
  const k3s = at('K3s');
  const service = (name: string, port: number, ip?: string) => ({
    metadata: { name, namespace: 'default' },
    spec: { type: 'LoadBalancer', ports: [{ port, targetPort: 8888 }] },
    status: { loadBalancer: ip ? { ingress: [{ ip }] } : {} },
  });
  const withServices = (snapshot: Snapshot, ...services: ReturnType<typeof service>[]) => ({
    ...snapshot,
    topics: { ...snapshot.topics, services: seen(services) },
  });
  const waiting = service('train', 80);
  const holder = service('traefik', 80, '10.0.0.1');
  t.regex(
    portTaken(waiting, withServices(k3s, waiting, holder))?.cause ?? '',
    /port 80 of the nodes is taken by Service default\/traefik: ServiceLB of K3s and RKE2 gives each to one Service/,
  );
  t.is(portTaken(waiting, withServices(k3s, waiting, service('traefik', 80))), undefined, 'it has no address either');
  t.is(portTaken(waiting, withServices(k3s, waiting, service('traefik', 81, '10.0.0.1'))), undefined);
  t.is(portTaken(waiting, withServices(at('K3s with MetalLB'), waiting, holder)), undefined);
  t.is(portTaken(waiting, withServices(at('GKE'), waiting, holder)), undefined);
});

const hetznerCluster = (...regions: string[]) => {
  const { snapshot } = platformClusters.Hetzner!;
  const nodes = regions.map((region, index) => ({
    metadata: { name: `n${index}`, labels: { 'topology.kubernetes.io/region': region } },
    spec: { providerID: `hcloud://${index}` },
  }));
  return { ...snapshot, topics: { ...snapshot.topics, nodes: seen(nodes) } };
};

test('flags take their values from the nodes, where they are seen', (t) => {
  const flagsOf = (message: string, annotations: Record<string, string>, ...regions: string[]) => {
    const about = { service: { metadata: { annotations } }, snapshot: hetznerCluster(...regions) };
    return explainEvent({ reason: 'SyncLoadBalancerFailed', message }, undefined, about)?.flags?.text;
  };
  const missing = 'neither load-balancer.hetzner.cloud/location nor load-balancer.hetzner.cloud/network-zone set';
  t.is(flagsOf(missing, {}, 'ash', 'fsn1', 'fsn1'), '--annotation load-balancer.hetzner.cloud/location=fsn1');
  t.is(flagsOf(missing, {}), '--annotation load-balancer.hetzner.cloud/location=NAME');
  const mixed = 'cross network zone is not supported';
  const selects = (value: string) =>
    `--annotation 'load-balancer.hetzner.cloud/node-selector=topology.kubernetes.io/region in (${value})'`;
  t.is(flagsOf(mixed, {}, 'fsn1', 'nbg1', 'ash'), selects('fsn1,nbg1'));
  t.is(
    flagsOf(mixed, { 'load-balancer.hetzner.cloud/network-zone': 'us-east' }, 'fsn1', 'nbg1', 'ash'),
    '--annotation load-balancer.hetzner.cloud/node-selector=topology.kubernetes.io/region=ash',
  );
});

test('a row with an annotation counts only for a Service that has it', (t) => {
  const linode = allLoadBalancers.filter(({ id }) => id === 'linode');
  const refused = { reason: 'SyncLoadBalancerFailed', message: '[403] Unauthorized' };
  t.regex(explainEvent(refused, linode)?.cause ?? '', /token/);
  const [key] = (linode[0]?.eventExplanations?.() ?? []).flatMap(({ annotated }) => annotated ?? []);
  const about = { service: { metadata: { annotations: { [key!]: '1' } } }, snapshot: at('bare metal') };
  t.is(explainEvent(refused, linode, about)?.without, key);
});

test('two implementations are rivals for a pending Service if both wrote its events', (t) => {
  const { snapshot } = platformClusters.Hetzner!;
  const groups = itemsOf(snapshot.topics.apiGroups);
  const both = { ...snapshot, topics: { ...snapshot.topics, apiGroups: seen([...groups, { name: 'metallb.io' }]) } };
  const from = (by: string) => ({ reason: 'x', message: 'y', by });
  const rivals = rivalsHeard([from('service-controller'), from('metallb-controller')], both);
  t.regex(rivals?.cause ?? '', /^Hetzner's own cloud controller and MetalLB try to serve it/);
  t.regex(rivals?.steps?.[0]?.command ?? '', /HCLOUD_LOAD_BALANCERS_ENABLED=false$/);
  t.is(rivalsHeard([from('service-controller'), from('service-controller')], both), undefined);
  t.is(rivalsHeard([from('service-controller'), from('metallb-controller')], snapshot), undefined);
});
