import test from 'ava';
import { controllerNamed, controllerServiceSelector } from '../../src/exposure/controllers/ingress-controllers.ts';
import { externalAddressesOf } from '../../src/exposure/external-addresses.ts';
import * as own from '../../src/exposure/ownership.ts';

const longest = 'c'.repeat(42);

for (const name of [
  own.ownLoadBalancerName(longest),
  own.ownNodePortName(longest),
  own.ownIngressName(longest),
  own.ownPortServiceName(longest, 65535),
]) {
  test(`${name} fits and is read back`, (t) => {
    t.true(name.length <= 63);
    t.is(own.nameOnCloudOfOurs(name), longest);
    t.is(own.portOfOurPortService(name), name.endsWith('65535') ? 65535 : undefined);
  });
}

test("SkyPilot's names are not ours", (t) => {
  for (const name of ['c--skypilot-lb', 'c--skypilot-svc--80', 'c-skypilot-ingress', 'c--skyports-', '--skyports-lb']) {
    t.is(own.nameOnCloudOfOurs(name), undefined, name);
  }
});

test('ours is what our label says', (t) => {
  t.true(own.isOurs({ labels: { 'app.kubernetes.io/managed-by': 'kubectl-skyports' } }));
  t.false(own.isOurs({ labels: { 'app.kubernetes.io/managed-by': 'Helm' } }));
  t.false(own.isOurs(undefined));
});

test('external addresses: all of the status, then externalIPs, each once', (t) => {
  const service = {
    spec: { externalIPs: ['198.51.100.1', '203.0.113.5'] },
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.5' }, { hostname: 'lb.example.com', ip: '' }, {}] } },
  };
  t.deepEqual(externalAddressesOf(service), [
    { address: '203.0.113.5', from: 'status.loadBalancer.ingress' },
    { address: 'lb.example.com', from: 'status.loadBalancer.ingress' },
    { address: '198.51.100.1', from: 'spec.externalIPs' },
  ]);
  t.deepEqual(externalAddressesOf({}), []);
});

test('one selector takes the Services of all known controllers', (t) => {
  t.is(
    controllerServiceSelector,
    'app.kubernetes.io/name in (ingress-nginx,rke2-ingress-nginx,traefik,rke2-traefik,nginx-ingress,kubernetes-ingress,haproxy-ingress,kong,gateway,contour)',
  );
});

test('only ingress-nginx reads its annotations', (t) => {
  t.true(controllerNamed('k8s.io/ingress-nginx')?.readsNginxAnnotations);
  t.false(controllerNamed('traefik.io/ingress-controller')?.readsNginxAnnotations);
  t.false(controllerNamed('nginx.org/ingress-controller')?.readsNginxAnnotations);
  t.is(controllerNamed('example.com/mine'), undefined);
  t.is(controllerNamed(undefined), undefined);
});
