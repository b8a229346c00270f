import test from 'ava';
import { admin, create, newNamespace, until } from '../helpers/cluster.ts';

const service = (namespace: string, name: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8888 }] },
});

const pod = (namespace: string, name: string, nodeName: string | undefined, podIP: string, ready: boolean) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `${name}-${podIP.replaceAll('.', '-')}`, namespace, labels: { app: name } },
  spec: { nodeName, containers: [{ name: 'main', image: 'none' }] },
  status: {
    phase: 'Running',
    podIP,
    podIPs: [{ ip: podIP }],
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
  },
});

test('an object goes when its last owner is gone, not before', async (t) => {
  const namespace = await newNamespace();
  const owners = await Promise.all(['one', 'two'].map((name) => create(service(namespace, name))));
  const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
  await create({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'owned',
      namespace,
      ownerReferences: owners.map(({ metadata: { name, uid } }) => ({ apiVersion: 'v1', kind: 'Service', name, uid })),
    },
  });
  await admin('DELETE', `/api/v1/namespaces/${namespace}/services/one`);
  const left = await until('one owner is left', async () => {
    const { metadata } = await admin('GET', `${configMaps}/owned`);
    return metadata.ownerReferences.length === 1 && metadata.ownerReferences;
  });
  t.is(left[0].name, 'two');

  await admin('DELETE', `/api/v1/namespaces/${namespace}/services/two`);
  await until('the object is gone', async () => {
    const { items } = await admin('GET', `${configMaps}?fieldSelector=metadata.name=owned`);
    return items.length === 0;
  });
  t.pass();
});

test('a Service has the Pods of existing Nodes in its EndpointSlice, ready or not', async (t) => {
  const namespace = await newNamespace();
  const nodeName = `node-of-${namespace}`;
  await create({ apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName } });
  await create(service(namespace, 'app'));
  // These first: when the others are listed, the controller has seen these too.
  await create(pod(namespace, 'app', undefined, '10.244.0.3', true));
  await create(pod(namespace, 'app', 'no-such-node', '10.244.0.4', true));
  await create(pod(namespace, 'app', nodeName, '10.244.0.1', true));
  await create(pod(namespace, 'app', nodeName, '10.244.0.2', false));
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=kubernetes.io/service-name=app`;
  const slice = await until('the slice has both endpoints', async () => {
    const { items } = await admin('GET', path);
    return items[0]?.endpoints?.length >= 2 && items[0];
  });
  const endpoints = slice.endpoints.map((endpoint: { addresses: string[]; conditions: { ready: boolean } }) => [
    endpoint.addresses[0],
    endpoint.conditions.ready,
  ]);
  t.deepEqual(endpoints.sort(), [
    ['10.244.0.1', true],
    ['10.244.0.2', false],
  ]);
  t.like(slice.ports[0], { name: 'http', port: 8888 });
});

test('a deleted namespace takes what is in it along', async (t) => {
  const namespace = await newNamespace();
  await create(service(namespace, 'app'));
  await admin('DELETE', `/api/v1/namespaces/${namespace}`);
  await until('the namespace is gone', async () => {
    const { items } = await admin('GET', `/api/v1/namespaces?fieldSelector=metadata.name=${namespace}`);
    return items.length === 0;
  });
  await t.throwsAsync(admin('GET', `/api/v1/namespaces/${namespace}/services/app`), {
    message: /services "app" not found/,
  });
});
