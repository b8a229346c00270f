import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { type ConnectionFlags, connect } from '../../src/kubernetes/api/connect.ts';
import { NoKubeconfigError } from '../../src/kubernetes/kubeconfig/kubeconfig-errors.ts';
import { cureCommands } from '../helpers/cure-text.ts';
import { type CheckContext, kubeconfig, makeScene } from './beside-kubectl.ts';
import { authority, recordingServer } from './recording-server.ts';
import { systemForTest } from './system-for-test.ts';

/** A Pod's file system and environment; server `a` is its API server. kubectl cannot be run beside: its paths are fixed. */
async function makePod(t: ExecutionContext): Promise<CheckContext & { env: Record<string, string> }> {
  const scene = await makeScene(t);
  const mount = 'pod/var/run/secrets/kubernetes.io/serviceaccount';
  scene.file(`${mount}/token`, 'of-service-account\n');
  scene.file(`${mount}/ca.crt`, authority.certificate);
  scene.file(`${mount}/namespace`, 'of-pod\n');
  return { ...scene, env: { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(scene.a.port) } };
}

async function askFromPod(
  { folder, env }: CheckContext & { env: Record<string, string> },
  flags: ConnectionFlags = {},
) {
  const connection = await connect(flags, systemForTest({ cwd: folder, env }), join(folder, 'pod'));
  await connection.api.list(`/api/v1/namespaces/${connection.namespace}/pods`);
  connection.close();
  return connection;
}

test('in a Pod without kubeconfig the service account asks its own cluster', async (t) => {
  const pod = await makePod(t);
  const connection = await askFromPod(pod);
  t.like(connection, { contextName: '', namespace: 'of-pod', server: pod.a.url, allContexts: [] });
  t.like(pod.a.asked, [{ authorization: 'Bearer of-service-account', path: '/api/v1/namespaces/of-pod/pods' }]);
});

test('in a Pod --namespace, --token, --as and --request-timeout apply', async (t) => {
  const pod = await makePod(t);
  await askFromPod(pod, { namespace: 'x', token: 'by-hand', as: 'jane', requestTimeout: '5s' });
  t.like(pod.a.asked, [
    {
      authorization: 'Bearer by-hand',
      impersonate: { 'impersonate-user': ['jane'] },
      path: '/api/v1/namespaces/x/pods',
    },
  ]);
});

test('in a Pod POD_NAMESPACE comes before the mounted one', async (t) => {
  const pod = await makePod(t);
  pod.env.POD_NAMESPACE = 'by-downward-api';
  t.is((await askFromPod(pod)).namespace, 'by-downward-api');
});

test('a kubeconfig in a Pod comes first', async (t) => {
  const pod = await makePod(t);
  pod.env.KUBECONFIG = pod.file('config', kubeconfig(pod, { cluster: { server: pod.b.url } }));
  t.like(await askFromPod(pod), { contextName: 'main', namespace: 'default', server: pod.b.url });
});

test('--server in a Pod is no longer its own cluster, and the service account is not shown to it', async (t) => {
  const pod = await makePod(t);
  await askFromPod(pod, { server: pod.b.url, insecureSkipTlsVerify: true });
  t.like(pod.b.asked, [{ authorization: undefined }]);
});

test('an IPv6 service address is bracketed', async (t) => {
  const pod = await makePod(t);
  pod.env.KUBERNETES_SERVICE_HOST = '::1';
  const { server } = await connect({}, systemForTest({ cwd: pod.folder, env: pod.env }), join(pod.folder, 'pod'));
  t.is(server, `https://[::1]:${pod.a.port}`);
});

test('neither kubeconfig nor Pod is an error that can be told from others, and says what was looked at', async (t) => {
  const { folder, file } = await makeScene(t);
  const attempt = (env: Record<string, string>, flags: ConnectionFlags = {}) =>
    t.throwsAsync(connect(flags, systemForTest({ cwd: folder, env }), join(folder, 'pod')), {
      instanceOf: NoKubeconfigError,
    });
  const beginning = 'Missing or incomplete configuration info: ';
  t.is(
    (await attempt({}))?.message,
    `${beginning}no kubeconfig: ${folder}/.kube/config (~/.kube/config) does not exist, and this is not a Pod`,
  );
  t.is(
    (await attempt({ KUBECONFIG: '/lost/1:/lost/2' }))?.message,
    `${beginning}no kubeconfig: /lost/1, /lost/2 (KUBECONFIG) do not exist, and this is not a Pod`,
  );
  const empty = file('empty', '');
  t.is((await attempt({ KUBECONFIG: empty }))?.message, `${beginning}${empty} names no server, and this is not a Pod`);
  // No token mounted: KUBERNETES_SERVICE_HOST alone is set in every Pod, also in those without a service account.
  t.regex(
    (await attempt({ KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: '1' }))?.message ?? '',
    /is not a Pod$/,
  );
  const error = await attempt({});
  t.like(error, { code: 'no-kubeconfig', exitCode: 2 });
  t.deepEqual(cureCommands(error), ['kubectl skyports --kubeconfig FILE']);
});

test('a kubeconfig without current-context is not passed over for the Pod', async (t) => {
  const pod = await makePod(t);
  pod.env.KUBECONFIG = pod.file('config', { ...kubeconfig(pod), 'current-context': '' });
  const error = await t.throwsAsync(askFromPod(pod));
  t.like(error, {
    message: `no context chosen: ${pod.env.KUBECONFIG} has no current-context`,
    code: 'no-context',
    cures: [{ command: 'kubectl config use-context main', note: 'chooses the only one' }],
  });
});

test('the API server may speak plain http through a path before the API', async (t) => {
  const server = await recordingServer({ plain: true });
  t.teardown(() => server.close());
  const { api } = await connect({ server: `${server.url}/k8s/clusters/c-1/` }, systemForTest({ cwd: '/' }), '/nowhere');
  await api.list('/api/v1/pods');
  t.like(server.asked, [{ path: '/k8s/clusters/c-1/api/v1/pods' }]);
});
