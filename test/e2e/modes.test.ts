import test from 'ava';
import { serverCertificate } from '../node/credentials.ts';
import { routePods } from '../node/network.ts';
import { apply, call, isOurNode, pasted, reached, shell, untilReached } from './machine.ts';
import { appPort, skyCluster } from './sky-cluster.ts';

const megabyte = 1_000_000;

/** The URL that the plugin prints for a port, once it is Ready. */
async function exposed(namespace: string, flags: string): Promise<string> {
  await pasted(`kubectl skyports expose train ${appPort} -n ${namespace} ${flags} --wait=60s`);
  const printed = await pasted(
    `kubectl skyports endpoints train -n ${namespace} --port ${appPort} -o url ${modeOf(flags)}`,
  );
  const url = printed.trim();
  await untilReached(url);
  return url;
}

const modeOf = (flags: string) => /--mode \w+/.exec(flags)![0];

for (const mode of ['loadbalancer', 'nodeport', 'ingress'] as const) {
  test(`${mode}: what expose prints answers, with everything that an app does over it`, async (t) => {
    const { namespace, nameOnCloud } = await skyCluster(t);
    const url = await exposed(namespace, `--mode ${mode}`);
    t.regex(url, isOurNode ? /^http:\/\/172\.30\.0\.\d+/ : /^http:\/\//);
    const answer = await call({ url: `${url}/a/b?c=d&e=%20` });
    t.is(answer.status, 200, answer.body);
    const { path, pod } = JSON.parse(answer.body);
    t.deepEqual([path, pod], ['/a/b?c=d&e=%20', `${nameOnCloud}-head`]);
    for (const slash of mode === 'ingress' ? ['', '/'] : ['/'])
      t.deepEqual(await call({ url: `${url}${slash}websocket`, as: 'websocket' }), { status: 101, body: 'hello' });
    const sent = { host: 'app.example.com:8443', origin: 'https://elsewhere.example.com' };
    t.like(await reached(`${url}/x`, sent), sent, 'Host and Origin arrive as they were sent');
    t.is((await call({ url: `${url}/events`, as: 'events' })).body, 'data: 0\n\ndata: 1\n\ndata: 2\n\n');
    t.is((await call({ url: `${url}/upload`, as: 'upload', bytes: 100 * megabyte })).body, String(100 * megabyte));
    t.is((await call({ url: `${url}/download/${100 * megabyte}`, as: 'download' })).body, String(100 * megabyte));
    t.is((await call({ url: `${url}/status/500` })).status, 500);
    const { code, stdout } = await shell(`kubectl skyports endpoints train -n ${namespace} -o json`);
    t.is(code, 0);
    t.deepEqual(
      JSON.parse(stdout).items.map(({ mode: each, state, managedBy }: Record<string, string>) => [
        each,
        state,
        managedBy,
      ]),
      [[mode, 'Ready', 'kubectl-skyports']],
    );
  });
}

test('ingress: the prefix goes, and a neighbour keeps its own', async (t) => {
  const { namespace, nameOnCloud } = await skyCluster(t);
  const url = await exposed(namespace, '--mode ingress');
  t.true(url.endsWith(`/skyports/${namespace}/${nameOnCloud}/${appPort}/`), url);
  const bare = url.slice(0, -1);
  t.is((await reached(url))?.path, '/');
  t.is((await reached(`${url}?a=b`))?.path, '/?a=b');
  for (const each of [`${url}v1/models`, `${url}/v1/models`, `${bare}/v1/models`])
    t.is((await reached(each))?.path, '/v1/models', each);
  t.is((await call({ url: `${bare}x` })).status, 404, 'a longer word is another path');
  t.is((await call({ url: bare.slice(0, -1) })).status, 404);
});

test('ingress: --rewrite keep hands the whole path to the app, beside a port whose prefix goes', async (t) => {
  const { namespace, nameOnCloud } = await skyCluster(t);
  await exposed(namespace, '--mode ingress');
  const kept = new URL(await exposed(namespace, `--mode ingress --rewrite keep`)).pathname;
  await pasted(`kubectl skyports expose train 80:${appPort} -n ${namespace} --mode ingress --wait=60s`);
  const urls = (await pasted(`kubectl skyports endpoints train -n ${namespace} -o url`)).trim().split('\n');
  t.is(urls.length, 2);
  const [stripped, whole] = urls.sort((a, b) => a.length - b.length);
  await untilReached(`${stripped}/a`);
  t.is((await reached(`${whole}/a`))?.path, `${kept}/a`);
  t.is((await reached(`${stripped}/a`))?.path, '/a');
  t.true(kept.includes(nameOnCloud));
});

test('ingress: its own host, over TLS with its certificate', async (t) => {
  const { namespace } = await skyCluster(t);
  const host = 'train.example.com';
  await pasted(`kubectl skyports expose train ${appPort} -n ${namespace} --mode ingress --host ${host} --wait=60s`);
  const row = async () => JSON.parse(await pasted(`kubectl skyports endpoints train -n ${namespace} -o json`)).items[0];
  const plain = await row();
  t.is(plain.url, `http://${host}`);
  await untilReached(`http://${plain.addresses[0]}/x`, { host });
  t.is((await reached(`http://${plain.addresses[0]}/x`, { host }))?.path, '/x');
  t.is((await call({ url: `http://${plain.addresses[0]}/x` })).status, 404, 'other hosts are not caught');
  if (!isOurNode) return;
  const { certificate, privateKey, authority } = serverCertificate(host, [host]);
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const data = { 'tls.crt': base64(certificate), 'tls.key': base64(privateKey) };
  await apply({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name: 'own', namespace },
    data,
  });
  await pasted(
    `kubectl skyports expose train ${appPort} -n ${namespace} --mode ingress --host ${host} --tls-secret own --wait=60s`,
  );
  const secure = await row();
  t.is(secure.url, `https://${host}`);
  let answer = await call({ url: `https://${secure.addresses[0]}/y`, host, authority });
  // The controller takes a moment to load a certificate; until then it shows its own, which nobody trusts.
  for (let tries = 0; tries < 50 && answer.status !== 200; tries++)
    answer = await call({ url: `https://${secure.addresses[0]}/y`, host, authority });
  t.is(JSON.parse(answer.body).path, '/y');
});

if (isOurNode) {
  test('podip: it answers where Pod addresses are routed, as its scope says, and not from elsewhere', async (t) => {
    const { namespace } = await skyCluster(t);
    const printed = await pasted(`kubectl skyports expose train ${appPort} -n ${namespace} --mode podip -o json`);
    const [{ url, scope }] = JSON.parse(printed).items;
    t.is(scope, 'cluster');
    await routePods(false);
    t.is((await call({ url })).status, 0);
    await routePods(true);
    t.teardown(() => routePods(false));
    t.is((await reached(`${url}/p`))?.path, '/p');
  });
}

test('the head alone gets what expose opens: 200 calls, 200 answers; through a Service of all nodes some fail, and doctor says why', async (t) => {
  const names = await skyCluster(t, { workers: 2 });
  const { namespace, nameOnCloud } = names;
  const url = await exposed(namespace, '--mode loadbalancer');
  const ours = await call({ url, times: 200 });
  t.deepEqual([...new Set(ours.statuses)], [200]);
  t.is(ours.statuses?.length, 200);
  // As SkyPilot makes it: all nodes of the cluster are behind it.
  const metadata = { name: `${nameOnCloud}--skypilot-lb`, namespace, labels: { parent: 'skypilot' } };
  const ports = [{ name: `port${appPort}`, port: appPort, targetPort: appPort, protocol: 'TCP' }];
  const spec = { type: 'LoadBalancer', selector: { 'skypilot-cluster-name': nameOnCloud }, ports };
  await apply({ apiVersion: 'v1', kind: 'Service', metadata, spec });
  await pasted(
    `kubectl wait -n ${namespace} service/${metadata.name} --for=jsonpath='{.status.loadBalancer.ingress}' --timeout=30s`,
  );
  const ip = await pasted(
    `kubectl get service -n ${namespace} ${metadata.name} -o jsonpath='{.status.loadBalancer.ingress[0].ip}'`,
  );
  await pasted(`kubectl skyports endpoints train -n ${namespace} --wait=30s`);
  const theirs = await call({ url: `http://${ip}:${appPort}/`, times: 60 });
  const answered = theirs.statuses!.filter((status) => status === 200).length;
  t.true(answered > 0 && answered < 60, `${answered} of 60`);
  const { stdout } = await shell(`kubectl skyports doctor train -n ${namespace} -o json`);
  const check = JSON.parse(stdout).checks.find(({ id }: { id: string }) => id === 'service-selects-only-head');
  t.regex(check.findings[0].message, /one connection in 3 is answered/);
});

test('unexpose takes everything away again, and the address goes back to the pool', async (t) => {
  const { namespace } = await skyCluster(t);
  const first = await exposed(namespace, '--mode loadbalancer');
  await exposed(namespace, '--mode ingress');
  await exposed(namespace, '--mode nodeport');
  await pasted(`kubectl skyports unexpose train -n ${namespace} -y`);
  const left = await pasted(`kubectl get services,ingresses -n ${namespace} -o name`);
  t.is(left, '');
  t.is((await call({ url: first })).status, 0);
  if (!isOurNode) return;
  const { hostname } = new URL(first);
  const again = await exposed(namespace, `--mode loadbalancer --annotation metallb.io/loadBalancerIPs=${hostname}`);
  t.is(again, first, 'MetalLB may hand it out again');
});

test("SkyPilot's clean-up by label takes our objects along", async (t) => {
  const { namespace, nameOnCloud } = await skyCluster(t);
  await exposed(namespace, '--mode ingress');
  await exposed(namespace, '--mode loadbalancer');
  await pasted(`kubectl delete services -n ${namespace} -l skypilot-cluster-name=${nameOnCloud}`);
  await pasted(`kubectl wait --for=delete ingress --all -n ${namespace} --timeout=30s`);
  t.is(await pasted(`kubectl get services,ingresses -n ${namespace} -o name`), '');
});
