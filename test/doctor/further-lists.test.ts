import test from 'ava';
import { furtherLists } from '../../src/doctor/what-to-collect.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { seen } from '../helpers/look.ts';
import { platformClusters } from '../platforms/clusters.ts';

const waiting = {
  metadata: { name: 'train', namespace: 'default' },
  spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
};
const served = { ...waiting, status: { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } } };

function at(name: string, service: object, ...groups: string[]): Snapshot {
  const { snapshot } = platformClusters[name]!;
  const { topics } = snapshot;
  return {
    ...snapshot,
    topics: { ...topics, services: seen([service]), apiGroups: seen(groups.map((group) => ({ name: group }))) },
  };
}
const asked = (snapshot: Snapshot, room = 6) => Object.keys(furtherLists(snapshot, room));

const ofMetallb = ['l2Advertisements', 'bgpAdvertisements'];
const ofServed = ['metallbSpeakers', 'serviceL2Statuses'];

test('custom resources are asked for where their group is served, what explains a wait where one waits', (t) => {
  t.deepEqual(asked(at('bare metal', waiting)), []);
  t.deepEqual(asked(at('bare metal', waiting, 'metallb.io')), ['addressPools', ...ofMetallb]);
  t.deepEqual(asked(at('bare metal', waiting, 'cilium.io')), ['ciliumPools']);
  t.deepEqual(asked(at('K3s', waiting)), ['serviceLbPods', 'serviceLbDaemonSets']);
});

const pooled = {
  ...served,
  metadata: { ...served.metadata, annotations: { 'metallb.io/ip-allocated-from-pool': 'lan' } },
};
const satisfied = [{ type: 'cilium.io/IPAMRequestSatisfied', status: 'True' }];
const byCilium = { ...served, status: { ...served.status, conditions: satisfied } };

test('who answers for an address is asked where its implementation has given one', (t) => {
  t.deepEqual(asked(at('bare metal', pooled, 'metallb.io')), ['addressPools', ...ofMetallb, ...ofServed]);
  t.deepEqual(asked(at('bare metal', byCilium, 'cilium.io')), [
    'ciliumL2Policies',
    'leases',
    'ciliumBgpAdvertisements',
  ]);
  t.deepEqual(asked(at('bare metal', served, 'metallb.io', 'cilium.io')), ['addressPools', ...ofMetallb]);
  const nodePort = { ...pooled, spec: { type: 'NodePort', ports: [{ port: 80 }] } };
  t.deepEqual(asked(at('bare metal', nodePort, 'metallb.io')), ['addressPools', ...ofMetallb]);
  t.true(asked(at('K3s with MetalLB', served, 'metallb.io'), 8).includes('serviceLbPods'), 'both may take it');
  t.deepEqual(asked(at('K3s', served)), ['serviceLbPods']);
  t.deepEqual(asked(at('K3s', nodePort)), [], 'no load balancer');
});

test('speakers that are among the Pods of the load balancers are not asked for again', (t) => {
  const labels = { 'app.kubernetes.io/name': 'metallb', 'app.kubernetes.io/component': 'speaker' };
  const snapshot = at('bare metal', pooled, 'metallb.io');
  const loadBalancerPods = seen([{ metadata: { name: 'speaker-1', namespace: 'metallb-system', labels } }]);
  t.false(asked({ ...snapshot, topics: { ...snapshot.topics, loadBalancerPods } }).includes('metallbSpeakers'));
});

test('where there is less room the most telling are asked', (t) => {
  const all = at('K3s', waiting, 'metallb.io', 'cilium.io');
  const six = ['addressPools', 'serviceLbPods', 'ciliumPools', ...ofMetallb];
  t.deepEqual(asked(all, 6), six, 'Cilium counts twice');
  t.deepEqual(asked(all, 7), [...six, 'serviceLbDaemonSets']);
  t.deepEqual(asked(all, 1), ['addressPools']);
  t.deepEqual(asked(at('bare metal', waiting, 'cilium.io'), 1), [], 'an older Cilium has them elsewhere: two requests');
  t.deepEqual(asked(all, 0), []);
});

test('Pods of Tailscale, target groups and words of other namespaces are asked for where something leads there', (t) => {
  const inOne = (snapshot: Snapshot): Snapshot => ({ ...snapshot, namespace: 'default' });
  const bare = at('bare metal', waiting);
  const ofTailscale = { ...waiting, spec: { ...waiting.spec, loadBalancerClass: 'tailscale' } };
  t.deepEqual(asked(at('bare metal', ofTailscale)), ['tailscalePods']);
  t.deepEqual(asked(inOne(bare)), ['handlerEvents']);
  t.deepEqual(asked(inOne(at('bare metal', served))), []);
  t.deepEqual(asked(inOne(at('K3s', served))), ['serviceLbPods', 'handlerEvents'], 'Pods of other namespaces serve it');
  const byTailscale = { ...served, metadata: { ...served.metadata, finalizers: ['tailscale.com/finalizer'] } };
  t.deepEqual(asked(inOne(at('bare metal', byTailscale))), ['tailscalePods', 'handlerEvents']);
  const about = (kind: string) =>
    seen([{ type: 'Warning', involvedObject: { kind, namespace: 'default', name: 'x' }, metadata: {} }]);
  const warned = (kind: string) => ({ ...bare, topics: { ...bare.topics, events: about(kind) } });
  t.deepEqual(asked(warned('TargetGroupBinding')), ['targetGroupBindings']);
  t.deepEqual(asked(warned('Service')), []);
  const byAws = { ...served, metadata: { ...served.metadata, finalizers: ['service.k8s.aws/resources'] } };
  t.deepEqual(asked(at('bare metal', byAws)), ['targetGroupBindings']);
  const byAutoMode = {
    ...served,
    metadata: { ...served.metadata, finalizers: ['service.eks.amazonaws.com/resources'] },
  };
  t.is(
    furtherLists(at('bare metal', byAutoMode), 24).targetGroupBindings?.path,
    '/apis/eks.amazonaws.com/v1/targetgroupbindings',
  );
  const grouped = seen([{ metadata: { name: 'i', finalizers: ['group.ingress.k8s.aws/web'] } }]);
  const alb = at('bare metal', served);
  t.deepEqual(asked({ ...alb, topics: { ...alb.topics, ingresses: grouped } } as Snapshot), ['targetGroupBindings']);
});

test('the warnings of an ingress controller are asked for in its own namespace, if there is an Ingress', (t) => {
  const bare = at('bare metal', served);
  const controllerServices = seen([{ ...served, metadata: { name: 'c', namespace: 'edge' } }]);
  const topics = { ...bare.topics, controllerServices, ingresses: seen([{ metadata: { name: 'i' } }]) };
  const snapshot = { ...bare, namespace: 'default', topics };
  t.like(furtherLists(snapshot, 6).handlerEvents, { path: '/api/v1/namespaces/edge/events' });
  t.deepEqual(asked({ ...snapshot, topics: { ...topics, ingresses: seen([]) } }), []);
});

test('what ended a Pod is asked for if the head of an open port is gone or not Ready', (t) => {
  const service = { ...served, metadata: { name: 'train-2ea485ef--skypilot-lb', namespace: 'default' } };
  const head = (status: string) => ({
    metadata: {
      name: 'train-2ea485ef-head',
      namespace: 'default',
      labels: { 'skypilot-cluster-name': 'train-2ea485ef' },
    },
    status: { conditions: [{ type: 'Ready', status }] },
  });
  const withPods = (...pods: object[]) => {
    const bare = at('bare metal', service);
    return { ...bare, topics: { ...bare.topics, pods: seen(pods) } } as Snapshot;
  };
  t.deepEqual(asked(withPods(head('True'))), []);
  t.deepEqual(asked(withPods(head('False'))), ['podEvents']);
  t.deepEqual(asked(withPods()), ['podEvents']);
});

test("the Pods of MicroK8s' addon, whose label is not the usual one, are asked for if no others were seen", (t) => {
  const microk8s = at('MicroK8s', served);
  const withTopics = (topics: object): Snapshot => ({ ...microk8s, topics: { ...microk8s.topics, ...topics } });
  const classes = { ingressClasses: seen([{ metadata: { name: 'public' } }]) };
  const none = { controllerPods: seen([]) };
  t.deepEqual(asked(withTopics({ ...classes, ...none })), ['controllerPods']);
  t.is(
    furtherLists(withTopics({ ...classes, ...none }), 6).controllerPods?.labelSelector,
    'name=nginx-ingress-microk8s',
  );
  t.deepEqual(asked(withTopics({ ...classes, controllerPods: seen([{ metadata: { name: 'traefik' } }]) })), []);
  t.deepEqual(asked(withTopics(none)), [], 'no class and no Ingress');
  const elsewhere = at('bare metal', served);
  t.deepEqual(asked({ ...elsewhere, topics: { ...elsewhere.topics, ...classes, ...none } }), []);
});

const nginx = {
  metadata: {
    name: 'c',
    namespace: 'edge',
    labels: { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' },
  },
  spec: { containers: [{ name: 'controller', args: ['--configmap=$(POD_NAMESPACE)/settings'] }] },
};

test('the ConfigMap of ingress-nginx is asked for by its name, where there is an Ingress', (t) => {
  const look = at('bare metal', served);
  const withController = { ...look, topics: { ...look.topics, controllerPods: seen([nginx]), ingresses: seen([]) } };
  t.deepEqual(asked(withController), []);
  const topics = { ...withController.topics, ingresses: seen([{ metadata: { name: 'web', namespace: 'default' } }]) };
  t.deepEqual(furtherLists({ ...withController, topics }, 6), {
    controllerConfigMaps: { path: '/api/v1/namespaces/edge/configmaps', fieldSelector: 'metadata.name=settings' },
  });
});

test("Istio's rules are asked for where a head Pod is in its mesh", (t) => {
  const labels = { 'skypilot-cluster-name': 'train', 'skypilot-head-node': '1' };
  const head = (...containers: string[]) => ({
    metadata: { name: 'train-head', namespace: 'default', labels },
    spec: { containers: containers.map((name) => ({ name })) },
  });
  const look = at('bare metal', served, 'security.istio.io');
  const withPod = (pod: object, from = look) => ({ ...from, topics: { ...from.topics, pods: seen([pod]) } });
  t.deepEqual(asked(withPod(head('ray-node'))), []);
  t.deepEqual(asked(withPod(head('ray-node', 'istio-proxy'))), ['peerAuthentications']);
  t.deepEqual(asked(withPod(head('ray-node', 'linkerd-proxy'))), []);
  t.deepEqual(asked(withPod(head('ray-node', 'istio-proxy'), at('bare metal', served))), [], 'not served');
});
