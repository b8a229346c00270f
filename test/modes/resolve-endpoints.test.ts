import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import { isUncertain, unobservedTopics } from '../../src/exposure/uncertainty.ts';
import { nodesIfNeeded } from '../../src/modes/nodeport/mode.ts';
import { skyPilotModesOf } from '../../src/modes/skypilot-modes.ts';
import { endpointRequests } from '../../src/modes/what-to-collect.ts';
import type { Topic } from '../../src/snapshot/topics.ts';
import { forbidden, indexAt, lookAt, rowsAt } from '../helpers/look.ts';
import {
  ingressClass,
  ingressNginxService,
  skyIngress,
  skyLoadBalancer,
  skyNames,
  skyPod,
  skyPortService,
} from '../helpers/skypilot-objects.ts';

const train = skyNames('default', 'train');
const chat = skyNames('default', 'chat');
const elsewhere = skyNames('other', 'train');
const onNodes: Service = {
  ...skyLoadBalancer(chat, [9000]),
  metadata: { name: 'by-hand', namespace: 'default' },
  spec: {
    type: 'NodePort',
    selector: { component: `${chat.nameOnCloud}-head` },
    ports: [{ port: 9000, nodePort: 30900 }],
  },
};
const objects = [
  skyPod(train),
  skyLoadBalancer(train, [8888, 9000], { ip: '203.0.113.5' }),
  skyPod(chat),
  onNodes,
  skyPod(elsewhere),
  skyLoadBalancer(elsewhere, [8888], { ip: '203.0.113.6' }),
];

const filters: Readonly<Record<string, [Parameters<typeof rowsAt>[2], string[]]>> = {
  everything: [
    {},
    [
      'default/chat nodeport 9000',
      'default/train loadbalancer 8888',
      'default/train loadbalancer 9000',
      'other/train loadbalancer 8888',
    ],
  ],
  'one cluster of two with the same name': [
    { skyClusters: [train] },
    ['default/train loadbalancer 8888', 'default/train loadbalancer 9000'],
  ],
  'a mode': [{ modes: ['nodeport'] }, ['default/chat nodeport 9000']],
  ports: [{ ports: [9000] }, ['default/chat nodeport 9000', 'default/train loadbalancer 9000']],
  'ports of the Pod IPs': [
    { ports: [9000], modes: ['podip'] },
    ['default/chat podip 9000', 'default/train podip 9000', 'other/train podip 9000'],
  ],
  'ports in a mode': [{ ports: [9000], modes: ['loadbalancer'] }, ['default/train loadbalancer 9000']],
  'no cluster': [{ skyClusters: [] }, []],
};
for (const [title, [filter, expected]] of Object.entries(filters)) {
  test(title, (t) => {
    const rows = rowsAt(objects, { namespace: null }, filter);
    t.deepEqual(
      rows.map(({ namespace, skyCluster, mode, port }) => `${namespace}/${skyCluster} ${mode} ${port}`),
      expected,
    );
  });
}

test('what was asked for and not seen, in the words of Kubernetes', (t) => {
  const snapshot = lookAt([], {
    unseen: ['ingresses', 'controllerServices', 'ingressNginxServices', 'ingressClasses'],
  });
  t.deepEqual(
    unobservedTopics(snapshot).map(({ resource, namespace, reason }) => [resource, namespace, reason]),
    [
      ['ingresses', 'default', 'ingresses is forbidden'],
      ['ingressclasses', null, 'ingressClasses is forbidden'],
      ['services', null, 'controllerServices is forbidden'],
      ['services', 'ingress-nginx', 'ingressNginxServices is forbidden'],
    ],
  );
  t.deepEqual(unobservedTopics(lookAt([])), []);
});

const uncertain: Readonly<Record<string, [objects: typeof objects, unseen: Topic[], expected: boolean]>> = {
  'all seen': [objects, [], false],
  'Pods not seen': [objects, ['pods'], true],
  'services not seen': [objects, ['services'], true],
  'ingresses not seen, and nothing needs them': [objects, ['ingresses'], false],
  'ingresses not seen, with per-port Services': [[...objects, skyPortService(train, 7000)], ['ingresses'], true],
  'slices not seen, Pods seen': [objects, ['endpointSlices'], false],
  'nodes not seen, with a NodePort Service': [objects, ['nodes'], true],
  'nodes not seen, without one': [objects.filter((each) => each !== onNodes), ['nodes'], false],
  'classes not seen, and nothing needs them': [objects, ['ingressClasses'], false],
};
for (const [title, [list, unseen, expected]] of Object.entries(uncertain)) {
  test(`${title}: exit code ${expected ? 4 : 0}`, (t) => {
    t.is(isUncertain(lookAt(list, { unseen }), rowsAt(list, { unseen })), expected);
  });
}

test('five lists over all namespaces, seven in one', (t) => {
  const paths = (scope: Parameters<typeof endpointRequests>[0]) =>
    Object.values(endpointRequests(scope)).map(
      ({ path, labelSelector }) => path + (labelSelector ? `?${labelSelector}` : ''),
    );
  t.deepEqual(paths({ namespace: null }), [
    '/api/v1/pods?skypilot-cluster-name',
    '/api/v1/services',
    '/apis/networking.k8s.io/v1/ingresses',
    '/apis/discovery.k8s.io/v1/endpointslices',
    '/apis/networking.k8s.io/v1/ingressclasses',
  ]);
  t.deepEqual(paths({ namespace: 'a', podSelector: 'team=ml' }), [
    '/api/v1/namespaces/a/pods?skypilot-cluster-name,team=ml',
    '/api/v1/namespaces/a/services',
    '/apis/networking.k8s.io/v1/namespaces/a/ingresses',
    '/apis/discovery.k8s.io/v1/namespaces/a/endpointslices',
    '/apis/networking.k8s.io/v1/ingressclasses',
    '/api/v1/services?app.kubernetes.io/name in (ingress-nginx,rke2-ingress-nginx,traefik,rke2-traefik,nginx-ingress,kubernetes-ingress,haproxy-ingress,kong,gateway,contour)',
    '/api/v1/namespaces/ingress-nginx/services',
  ]);
});

test('--ingress-service asks for one Service more, by its name, and needs none with -A', (t) => {
  const { namedControllerServices } = endpointRequests({ namespace: 'a', ingressService: 'web/mine' });
  t.deepEqual(namedControllerServices, {
    path: '/api/v1/namespaces/web/services',
    fieldSelector: 'metadata.name=mine',
  });
  t.is(endpointRequests({ namespace: null, ingressService: 'web/mine' }).namedControllerServices, undefined);
});

test('nodes only when a NodePort Service leads to a SkyPilot cluster, and only their first page', (t) => {
  t.deepEqual(nodesIfNeeded(lookAt(objects)), { nodes: { path: '/api/v1/nodes', firstPageOnly: true } });
  t.deepEqual(nodesIfNeeded(lookAt(objects.filter((each) => each !== onNodes))), {});
  const foreign: Service = { ...onNodes, spec: { ...onNodes.spec, selector: { app: 'web' } } };
  t.deepEqual(nodesIfNeeded(lookAt([skyPod(train), foreign])), {});
  const { nodes } = nodesIfNeeded(
    lookAt([...objects, { ...foreign, metadata: { name: 'web', namespace: 'default' } }]),
  );
  t.truthy(nodes);
});

const modes = {
  loadbalancer: [skyLoadBalancer(train, [8888])],
  ingress: [skyPortService(train, 8888), skyIngress(train, [8888])],
  'ingress, Services not seen': [skyIngress(train, [8888])],
  'ingress, Ingresses not seen': [skyPortService(train, 8888)],
  'loadbalancer beside what is left of ingress': [
    skyPortService(train, 8888),
    skyLoadBalancer(train, [8888]),
    skyIngress(train, [8888]),
  ],
};
for (const [title, made] of Object.entries(modes)) {
  test(`SkyPilot's mode: ${title}`, (t) => {
    t.is(skyPilotModesOf(indexAt(made)).get(`default/${train.nameOnCloud}`), title.split(/[, ]/)[0] as never);
  });
}

test('SkyServe and foreign objects say nothing of the mode', (t) => {
  const serve = skyIngress(train, [8888]);
  serve.metadata!.name = `${train.nameOnCloud}-skypilot-serve-ingress`;
  t.is(skyPilotModesOf(indexAt([serve, onNodes])).size, 0);
});

test('clusters: those with Pods, and those of which only objects are left', (t) => {
  const ours: Service = {
    ...onNodes,
    metadata: {
      name: 'gone-2ea485ef--skyports-svc--80',
      namespace: 'default',
      labels: { 'app.kubernetes.io/managed-by': 'kubectl-skyports' },
      annotations: { 'skyports/sky-cluster': 'Gone' },
    },
  };
  const foreign = { ...ours, metadata: { ...ours.metadata, labels: {} } };
  const view = indexAt([skyPod(train), skyLoadBalancer(chat, [80]), ours, ingressClass(), ingressNginxService()]);
  t.deepEqual(
    view.skyClusters.map(({ displayName, pods }) => [displayName, pods.length]),
    [
      ['train', 1],
      [chat.nameOnCloud, 0],
      ['Gone', 0],
    ],
  );
  t.is(indexAt([foreign]).skyClusters.length, 0);
  t.is(indexAt([]).skyClusters.length, 0);
  t.false(forbidden('pods').observed);
});
