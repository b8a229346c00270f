import test from 'ava';
import { nobodyServesClass, noPool, nothingGivesAddresses } from '../../src/platforms/absence.ts';
import { allLoadBalancers } from '../../src/platforms/all-platforms.ts';
import { commonReadings, readingOf } from '../../src/platforms/readings.ts';
import { portTaken } from '../../src/platforms/service-lb.ts';
import { type Snapshot, snapshotOf } from '../../src/snapshot/snapshot.ts';
import { forbidden, seen } from '../helpers/look.ts';
import { platformClusters } from './clusters.ts';
import { serviceControllerWords, wordsOf } from './words.ts';

for (const [id, words] of Object.entries(wordsOf)) {
  test(`${id}: what it says is read`, (t) => {
    for (const { reason, message, cause } of words) t.regex(readingOf(reason, message)?.cause ?? '', cause, message);
  });
}

test('each reading has words that it reads', (t) => {
  const said = [...Object.values(wordsOf).flat(), ...serviceControllerWords];
  const read = new Set(said.map(({ reason, message }) => readingOf(reason, message)));
  for (const { id, readings = [] } of allLoadBalancers)
    for (const each of readings) t.true(read.has(each), `${id}: ${each.cause}`);
  for (const each of commonReadings) t.true(read.has(each), each.cause);
});

test('every reading says what to do and where it is from', (t) => {
  for (const { cause, advice, source } of [
    ...commonReadings,
    ...allLoadBalancers.flatMap((each) => each.readings ?? []),
  ]) {
    t.truthy(advice, cause);
    t.regex(source, /^https:\/\//, cause);
  }
});

test('what nobody knows is not read', (t) => {
  t.is(readingOf('SyncLoadBalancerFailed', 'the moon is full'), undefined);
  t.is(readingOf('Scheduled', 'quota'), undefined);
  t.is(readingOf('', ''), undefined);
});

const at = (name: string): Snapshot => platformClusters[name]!.snapshot;
const nothingAt = (name: string) => nothingGivesAddresses(at(name));

test('nothing gives addresses: what to do is the platform’s own', (t) => {
  t.regex(nothingAt('kind')?.cause ?? '', /nothing that was seen here gives Services addresses \(kind\)/);
  t.regex(nothingAt('kind')?.advice ?? '', /cloud-provider-kind/);
  t.regex(nothingAt('MicroK8s')?.advice ?? '', /microk8s enable metallb/);
  t.regex(nothingAt('bare metal')?.advice ?? '', /install MetalLB, or take another mode/);
  t.regex(nothingAt('minikube')?.cause ?? '', /only while its tunnel runs/);
});

test('that is certain only where the platform is known', (t) => {
  t.true(nothingAt('kind')?.isSure);
  t.false(nothingAt('bare metal')?.isSure);
  t.false(nothingAt('minikube')?.isSure);
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
    /what was seen here \(GKE's own load balancers\) is not known/,
  );
  t.is(nobodyServesClass('service.k8s.aws/nlb', at('EKS with the AWS Load Balancer Controller')), undefined);
});

test('MetalLB without a pool is told where pools were seen', (t) => {
  const snapshot = at('bare metal with MetalLB');
  t.is(noPool(snapshot), undefined);
  const without = { ...snapshot, topics: { ...snapshot.topics, addressPools: seen([]) } };
  t.regex(noPool(without)?.cause ?? '', /has no IPAddressPool/);
  const pools = seen([{ metadata: { name: 'all' } }]);
  t.is(noPool({ ...snapshot, topics: { ...snapshot.topics, addressPools: pools } }), undefined);
  t.is(noPool({ ...at('GKE'), topics: { ...at('GKE').topics, addressPools: seen([]) } }), undefined);
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
    /port 80 of the nodes is taken by Service default\/traefik: ServiceLB gives each to one Service/,
  );
  t.is(portTaken(waiting, withServices(k3s, waiting, service('traefik', 80))), undefined, 'it has no address either');
  t.is(portTaken(waiting, withServices(k3s, waiting, service('traefik', 81, '10.0.0.1'))), undefined);
  t.is(portTaken(waiting, withServices(at('K3s with MetalLB'), waiting, holder)), undefined);
  t.is(portTaken(waiting, withServices(at('GKE'), waiting, holder)), undefined);
});
