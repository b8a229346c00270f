import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import { resolveEndpoints } from '../../src/modes/resolve-endpoints.ts';
import { plainText } from '../../src/output/look.ts';
import { renderPathTree, treeOfEndpoints } from '../../src/output/path-tree.ts';
import { indexAt, type KubernetesObject } from '../helpers/look.ts';
import {
  ingressClass,
  ingressNginxPod,
  ingressNginxService,
  skyIngress,
  skyLoadBalancer,
  skyNames,
  skyPod,
  skyPortService,
} from '../helpers/skypilot-objects.ts';

const train = skyNames('default', 'train');
const head = skyPod(train, { podIP: '10.244.0.5' });

/** The lines of `endpoints -o tree` for these objects. */
function treeAt(objects: readonly KubernetesObject[], width?: number): string[] {
  const view = indexAt(objects, { namespace: null });
  return renderPathTree(treeOfEndpoints(resolveEndpoints(view), view), false, width).map(plainText);
}

/** What `expose train PORT:TARGET-PORT` writes, with its address. */
function exposed(port: number, targetPort: number, ip: string): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: `${train.nameOnCloud}--skyports-lb`,
      namespace: train.namespace,
      labels: { 'app.kubernetes.io/managed-by': 'kubectl-skyports', 'skypilot-cluster-name': train.nameOnCloud },
    },
    spec: {
      type: 'LoadBalancer',
      clusterIP: '10.96.0.9',
      selector: { component: `${train.nameOnCloud}-head` },
      ports: [{ name: `port${port}`, port, targetPort, protocol: 'TCP' }],
    },
    status: { loadBalancer: { ingress: [{ ip }] } },
  };
}

test('several ports: each has its own branch, and the last one has a corner', (t) => {
  t.deepEqual(treeAt([head, skyLoadBalancer(train, [8888, 9000], { ip: '203.0.113.5' })]), [
    'train (train-2ea485ef)',
    '├─ 8888   loadbalancer   Ready   http://203.0.113.5:8888',
    '│  ├─ ✔ address         203.0.113.5:8888                    public',
    '│  ├─ ✔ load balancer   unknown implementation              gave an address                   203.0.113.5',
    '│  ├─ ✔ Service         train-2ea485ef--skypilot-lb         LoadBalancer, port 8888 to 8888',
    '│  ├─ ✔ EndpointSlice   train-2ea485ef--skypilot-lb-abcde   1 of 1 ready                      10.244.0.5',
    '│  ├─ ✔ Pod             train-2ea485ef-head                 Running, Ready                    10.244.0.5',
    '│  └─ ? app             port 8888',
    '└─ 9000   loadbalancer   Ready   http://203.0.113.5:9000',
    '   ├─ ✔ address         203.0.113.5:9000                    public',
    '   ├─ ✔ load balancer   unknown implementation              gave an address                   203.0.113.5',
    '   ├─ ✔ Service         train-2ea485ef--skypilot-lb         LoadBalancer, port 9000 to 9000',
    '   ├─ ✔ EndpointSlice   train-2ea485ef--skypilot-lb-abcde   1 of 1 ready                      10.244.0.5',
    '   ├─ ✔ Pod             train-2ea485ef-head                 Running, Ready                    10.244.0.5',
    '   └─ ? app             port 9000',
  ]);
});

test('an exposed port beside the port of SkyPilot, with another port of the Pod', (t) => {
  const objects = [head, skyLoadBalancer(train, [8888], { ip: '203.0.113.5' }), exposed(80, 9000, '203.0.113.6')];
  t.deepEqual(treeAt(objects), [
    'train (train-2ea485ef)',
    '├─ 80   loadbalancer   Ready   http://203.0.113.6',
    '│  ├─ ✔ address         203.0.113.6:80                      public',
    '│  ├─ ✔ load balancer   unknown implementation              gave an address                   203.0.113.6',
    '│  ├─ ✔ Service         train-2ea485ef--skyports-lb         LoadBalancer, port 80 to 9000     10.96.0.9',
    '│  ├─ ✔ EndpointSlice   train-2ea485ef--skyports-lb-abcde   1 of 1 ready                      10.244.0.5',
    '│  ├─ ✔ Pod             train-2ea485ef-head                 Running, Ready                    10.244.0.5',
    '│  └─ ? app             port 9000',
    '└─ 8888   loadbalancer   Ready   http://203.0.113.5:8888',
    '   ├─ ✔ address         203.0.113.5:8888                    public',
    '   ├─ ✔ load balancer   unknown implementation              gave an address                   203.0.113.5',
    '   ├─ ✔ Service         train-2ea485ef--skypilot-lb         LoadBalancer, port 8888 to 8888',
    '   ├─ ✔ EndpointSlice   train-2ea485ef--skypilot-lb-abcde   1 of 1 ready                      10.244.0.5',
    '   ├─ ✔ Pod             train-2ea485ef-head                 Running, Ready                    10.244.0.5',
    '   └─ ? app             port 8888',
  ]);
});

test('IPv6: addresses with a port have brackets', (t) => {
  const pod = skyPod(train, { podIP: 'fd00::5' });
  t.deepEqual(treeAt([pod, skyLoadBalancer(train, [8888], { ip: '2001:db8::5' })]), [
    'train (train-2ea485ef)',
    '└─ 8888   loadbalancer   Ready   http://[2001:db8::5]:8888',
    '   ├─ ✔ address         [2001:db8::5]:8888                  public',
    '   ├─ ✔ load balancer   unknown implementation              gave an address                   2001:db8::5',
    '   ├─ ✔ Service         train-2ea485ef--skypilot-lb         LoadBalancer, port 8888 to 8888',
    '   ├─ ✔ EndpointSlice   train-2ea485ef--skypilot-lb-abcde   1 of 1 ready                      fd00::5',
    '   ├─ ✔ Pod             train-2ea485ef-head                 Running, Ready                    fd00::5',
    '   └─ ? app             port 8888',
  ]);
});

test('an Ingress of SkyPilot: the controller with its Pod, the Ingress with its path', (t) => {
  const controllerPod = ingressNginxPod();
  controllerPod.status!.podIP = '10.244.0.7';
  const objects = [
    ...[head, skyPortService(train, 8888), skyIngress(train, [8888]), ingressClass()],
    ...[ingressNginxService({ ip: '203.0.113.9' }), controllerPod],
  ];
  t.deepEqual(treeAt(objects), [
    'train (train-2ea485ef)',
    '└─ 8888   ingress   Ready   http://203.0.113.9/skypilot/default/train-2ea485ef/8888/',
    '   ├─ ✔ address         203.0.113.9:80                                   public',
    '   ├─ ✔ controller      Service ingress-nginx/ingress-nginx-controller   LoadBalancer                   203.0.113.9',
    '   │                    Pod ingress-nginx-controller-0                   Running, Ready                 10.244.0.7',
    '   ├─ ✔ Ingress         train-2ea485ef-skypilot-ingress                  class nginx                    /skypilot/default/train-2ea485ef/8888/',
    '   ├─ ✔ Service         train-2ea485ef--skypilot-svc--8888               ClusterIP, port 8888 to 8888',
    '   ├─ ✔ EndpointSlice   train-2ea485ef--skypilot-svc--8888-abcde         1 of 1 ready                   10.244.0.5',
    '   ├─ ✔ Pod             train-2ea485ef-head                              Running, Ready                 10.244.0.5',
    '   └─ ? app             port 8888',
  ]);
});

test('a port without backends: the EndpointSlice is empty, and the tree shows the head Pod anyway', (t) => {
  const evicted = skyPod(train, { phase: 'Failed', status: { phase: 'Failed', reason: 'Evicted' } });
  t.deepEqual(treeAt([evicted, skyLoadBalancer(train, [8888], { ip: '203.0.113.5' })]), [
    'train (train-2ea485ef)',
    '└─ 8888   loadbalancer   NoBackends   http://203.0.113.5:8888',
    '   ├─ ✔ address         203.0.113.5:8888                    public',
    '   ├─ ✔ load balancer   unknown implementation              gave an address                   203.0.113.5',
    '   ├─ ✔ Service         train-2ea485ef--skypilot-lb         LoadBalancer, port 8888 to 8888',
    '   ├─ ✖ EndpointSlice   train-2ea485ef--skypilot-lb-abcde   0 of 0 ready',
    '   ├─ ✖ Pod             train-2ea485ef-head                 Failed (Evicted)',
    '   └─ ? app             port 8888',
  ]);
});

test('more Pods than the tree shows', (t) => {
  const workers = Array.from({ length: 10 }, (_, at) => skyPod(train, { worker: at + 1, podIP: `10.244.1.${at + 1}` }));
  const lines = treeAt([head, ...workers, skyLoadBalancer(train, [8888], { ip: '203.0.113.5' })]);
  t.deepEqual(lines.slice(-4), [
    '   │                    train-2ea485ef-worker6              Running, Ready                    10.244.1.6',
    '   │                    train-2ea485ef-worker7              Running, Ready                    10.244.1.7',
    '   │                    and 3 more',
    '   └─ ? app             port 8888',
  ]);
});

test('hostile names stay in their line, and cannot move the cursor or look like a part of the tree', (t) => {
  const hostile = { ...train, displayName: 'a\n├─ ✔ app\u001b[2J\u202e' };
  const service = skyLoadBalancer(train, [8888], { hostname: 'x\u001b]0;title\u0007.example.com' });
  t.deepEqual(treeAt([skyPod(hostile, { podIP: '10.244.0.5' }), service]), [
    'a ├─ ✔ app\\u001b[2J\\u202e (train-2ea485ef)',
    '└─ 8888   loadbalancer   Broken   x\\u001b]0;title\\u0007.example.com:8888',
    '   ├─ ✔ address         x\\u001b]0;title\\u0007.example.com:8888   host name',
    '   ├─ ✔ load balancer   unknown implementation                   gave an address                   x\\u001b]0;title\\u0007.example.com',
    '   ├─ ✔ Service         train-2ea485ef--skypilot-lb              LoadBalancer, port 8888 to 8888',
    '   ├─ ✔ EndpointSlice   train-2ea485ef--skypilot-lb-abcde        1 of 1 ready                      10.244.0.5',
    '   ├─ ✔ Pod             train-2ea485ef-head                      Running, Ready                    10.244.0.5',
    '   └─ ? app             port 8888',
  ]);
});

test('on a narrow terminal, cells go on below each other, and no word is broken', (t) => {
  const objects = [head, skyLoadBalancer(train, [8888], { ip: '203.0.113.5' })];
  t.deepEqual(treeAt(objects, 60), [
    'train (train-2ea485ef)',
    '└─ 8888   loadbalancer   Ready   http://203.0.113.5:8888',
    '   ├─ ✔ address         203.0.113.5:8888   public',
    '   ├─ ✔ load balancer   unknown implementation',
    '   │                    gave an address   203.0.113.5',
    '   ├─ ✔ Service         train-2ea485ef--skypilot-lb',
    '   │                    LoadBalancer, port 8888 to 8888',
    '   ├─ ✔ EndpointSlice   train-2ea485ef--skypilot-lb-abcde',
    '   │                    1 of 1 ready   10.244.0.5',
    '   ├─ ✔ Pod             train-2ea485ef-head   Running, Ready',
    '   │                    10.244.0.5',
    '   └─ ? app             port 8888',
  ]);
});

test('on a narrow terminal, a long URL has its own line', (t) => {
  const objects = [
    ...[head, skyPortService(train, 8888), skyIngress(train, [8888]), ingressClass()],
    ingressNginxService({ ip: '203.0.113.9' }),
  ];
  t.deepEqual(treeAt(objects, 64).slice(0, 8), [
    'train (train-2ea485ef)',
    '└─ 8888   ingress   Ready',
    '   │  http://203.0.113.9/skypilot/default/train-2ea485ef/8888/',
    '   ├─ ✔ address         203.0.113.9:80   public',
    '   ├─ ✔ controller      Service',
    '   │                    ingress-nginx/ingress-nginx-controller',
    '   │                    LoadBalancer   203.0.113.9',
    '   ├─ ✔ Ingress         train-2ea485ef-skypilot-ingress',
  ]);
});

test('a Service that selects no Pod: the tree shows the head Pod, which it should select', (t) => {
  const service = skyLoadBalancer(train, [8888], { ip: '203.0.113.5' });
  service.spec!.selector = { component: 'another-head' };
  t.deepEqual(treeAt([head, service]), [
    'train (train-2ea485ef)',
    '└─ 8888   loadbalancer   NoBackends   http://203.0.113.5:8888',
    '   ├─ ✔ address         203.0.113.5:8888                    public',
    '   ├─ ✔ load balancer   unknown implementation              gave an address                   203.0.113.5',
    '   ├─ ✔ Service         train-2ea485ef--skypilot-lb         LoadBalancer, port 8888 to 8888',
    '   ├─ ✖ EndpointSlice   train-2ea485ef--skypilot-lb-abcde   0 of 0 ready',
    '   ├─ ✔ Pod             train-2ea485ef-head                 Running, Ready                    10.244.0.5',
    '   └─ ? app             port 8888',
  ]);
});

test('why packets stop is below the broken hop, and is wrapped on a terminal', (t) => {
  const view = indexAt([head, skyLoadBalancer(train, [8888], { ip: '203.0.113.5' })]);
  const [port] = treeOfEndpoints(resolveEndpoints(view), view);
  const fact = 'nothing listens on port 8888 of the head Pod train-2ea485ef-head';
  const hops = port!.hops.map((hop) => (hop.name === 'app' ? { ...hop, fact, isBroken: true } : hop));
  t.deepEqual(
    renderPathTree([{ ...port!, hops }], false, 60)
      .map(plainText)
      .slice(-3),
    [
      '   └─ ? app             port 8888',
      '                        nothing listens on port 8888 of the',
      '                        head Pod train-2ea485ef-head',
    ],
  );
});
