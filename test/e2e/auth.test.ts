import test, { type ExecutionContext } from 'ava';
import { addresses } from '../node/layout.ts';
import { onNode } from '../node/processes.ts';
import { nodePrograms } from '../node/programs.ts';
import { installTraefik } from '../node/traefik.ts';
import type { Call } from './client.ts';
import { diagnosed } from './diagnosed.ts';
import { call, isOurNode, pasted, shell } from './machine.ts';
import { appPort, skyCluster } from './sky-cluster.ts';

const secretIn = (namespace: string) => `secret/train-2ea485ef--skyports-auth -n ${namespace}`;
const untilGone = (object: string) => pasted(`kubectl wait --for=delete ${object} --timeout=60s`);

/** Opens the port for callers with a password. @returns its URL, and what a caller types */
async function asking(t: ExecutionContext, namespace: string): Promise<{ url: string; user: string }> {
  const line = `kubectl skyports expose train ${appPort} -n ${namespace} --mode ingress --auth basic --allow-plain-http`;
  const { code, stderr } = await shell(`${line} --wait=60s`);
  t.is(code, 0, stderr);
  const [, name, password] = /^password of user (\S+) \(not shown again\): (\S+)$/m.exec(stderr) ?? [];
  t.truthy(password, stderr);
  t.regex(stderr, /^ {4}curl -u skyports http:\/\/\S+\/$/m);
  const url = (await pasted(`kubectl skyports endpoints train -n ${namespace} -o url`)).trim();
  return { url, user: `${name}:${password}` };
}

/** Waits until a call has this status. Old and new workers of nginx answer by turns while it reloads. */
async function untilStatus(wanted: number, made: Call): Promise<void> {
  let seen = 0;
  let last = 0;
  for (let tries = 0; tries < 120 && seen < 4; tries++) {
    last = (await call(made)).status;
    seen = last === wanted ? seen + 1 : 0;
    await new Promise((next) => setTimeout(next, 250));
  }
  if (seen < 4) throw new Error(`${made.url} answers ${last} instead of ${wanted}`);
}

/** What each caller of a port with a password gets. @returns the calls that go on for 90 seconds */
async function judge(t: ExecutionContext, { url, user }: { url: string; user: string }, who: string) {
  await untilStatus(401, { url });
  await untilStatus(200, { url, user });
  const wrong = `${user.slice(0, -1)}${user.endsWith('x') ? 'y' : 'x'}`;
  const bare = url.slice(0, -1);
  t.is((await call({ url, user: wrong })).status, 401, `${who}: a wrong password`);
  t.is((await call({ url, user: user.replace(/^[^:]+/, 'root') })).status, 401, `${who}: a wrong name`);
  t.is((await call({ url, user: `${user.split(':')[0]}:` })).status, 401, `${who}: no password`);
  // nginx answers with a redirect before it looks at passwords and addresses. The call does not reach the app.
  for (const each of [bare, `${bare}?a=b`]) {
    const { status, body } = await call({ url: each });
    t.true([307, 401].includes(status), `${who}: ${each}: ${status}`);
    t.false(body.includes('"pod"'), who);
  }
  for (const each of [`${url}v1/models`, `${url}?a=b`, `${url}../${appPort}/x`]) {
    t.is((await call({ url: each })).status, 401, `${who}: ${each}`);
  }
  t.true([200, 307].includes((await call({ url: bare, user })).status), `${who}: without the final slash`);
  t.is((await call({ url: `${url}websocket`, as: 'websocket' })).status, 0, `${who}: a websocket without`);
  t.like(await call({ url: `${url}websocket`, as: 'websocket', user }), { status: 101, body: 'hello' }, who);
  return Promise.all([
    call({ url: `${url}websocket`, as: 'websocket', user, seconds: 90 }),
    call({ url: `${url}events`, as: 'events', user, seconds: 90 }),
  ]);
}

const lasts = (t: ExecutionContext, [socket, events]: Awaited<ReturnType<typeof judge>>, who: string) => {
  t.like(socket, { status: 101, body: 'hello' }, `${who}: a websocket that was quiet for 90 s`);
  t.is(events?.status, 200, `${who}: events for 90 s: ${events?.body}`);
};

/** Installs Traefik with its nginx provider, which serves the class of ingress-nginx. @returns the URL at its address */
async function behindTraefik(t: ExecutionContext, url: string): Promise<string> {
  t.teardown(() => shell('kubectl delete namespace traefik --timeout=60s'));
  await installTraefik(await nodePrograms(() => {}), ['--providers.kubernetesingressnginx=true']);
  // Traefik sees the addresses of its callers.
  const local = `'{"spec":{"externalTrafficPolicy":"Local"}}'`;
  await pasted(`kubectl patch service -n traefik traefik --type=merge -p ${local}`);
  const waiting = "--for=jsonpath='{.status.loadBalancer.ingress}' --timeout=30s";
  await pasted(`kubectl wait -n traefik service/traefik ${waiting}`);
  const ip = await pasted(`kubectl get service -n traefik traefik -o jsonpath='{.status.loadBalancer.ingress[0].ip}'`);
  return Object.assign(new URL(url), { hostname: ip }).href;
}

test('a password behind ingress-nginx and behind Traefik, for calls, websockets and a stream of 90 s', async (t) => {
  t.timeout(280_000);
  const { namespace, nameOnCloud } = await skyCluster(t);
  const opened = await asking(t, namespace);
  const long = [judge(t, opened, 'ingress-nginx').then((calls) => lasts(t, calls, 'ingress-nginx'))];
  if (isOurNode) {
    const there = { ...opened, url: await behindTraefik(t, opened.url) };
    long.push(judge(t, there, 'Traefik').then((calls) => lasts(t, calls, 'Traefik')));
  }
  t.deepEqual((await diagnosed(namespace, '')).rootCauses, [], 'a 401 of the controller is no fault');
  await Promise.all(long);
  await pasted(`kubectl skyports unexpose train ${appPort} -n ${namespace} -y`);
  await untilGone(secretIn(namespace));
  await asking(t, namespace);
  // What SkyPilot deletes with its cluster (sky/provision/kubernetes/instance.py, _delete_cluster_services).
  await pasted(`kubectl delete services -n ${namespace} -l skypilot-cluster-name=${nameOnCloud}`);
  await untilGone(secretIn(namespace));
  t.is(await pasted(`kubectl get ingresses -n ${namespace} -o name`), '');
});

if (isOurNode) {
  test('Traefik applies an allow-list, and opens no port whose Secret is gone', async (t) => {
    t.timeout(120_000);
    const { namespace } = await skyCluster(t);
    const line = `kubectl skyports expose train ${appPort} -n ${namespace} --mode ingress --wait=60s`;
    await pasted(`${line} --source-range ${addresses.client}/32`);
    const url = await behindTraefik(
      t,
      (await pasted(`kubectl skyports endpoints train -n ${namespace} -o url`)).trim(),
    );
    await untilStatus(200, { url });
    t.is((await call({ url }, onNode)).status, 403, 'from another network');
    await pasted(`${line} --source-range ${addresses.node}/32`);
    await untilStatus(403, { url });
    t.true([307, 403].includes((await call({ url: url.slice(0, -1) })).status), 'without the final slash');
    await pasted(`${line} --source-range=`);
    await untilStatus(200, { url });
    await asking(t, namespace);
    await untilStatus(401, { url });
    await pasted(`kubectl delete ${secretIn(namespace)}`);
    const seen = new Set<number>();
    for (let tries = 0; tries < 40; tries++) seen.add((await call({ url })).status);
    t.log('Traefik without the Secret', [...seen]);
    t.false(seen.has(200));
    await asking(t, namespace);
    await untilStatus(401, { url });
  });

  test('an allow-list where the controller sees its callers, and the refusal where it does not', async (t) => {
    t.timeout(120_000);
    const { namespace } = await skyCluster(t);
    const service = 'ingress-nginx-controller -n ingress-nginx';
    const policy = (name: string) =>
      pasted(`kubectl patch service ${service} --type=merge -p '{"spec":{"externalTrafficPolicy":"${name}"}}'`);
    const line = `kubectl skyports expose train ${appPort} -n ${namespace} --mode ingress --wait=60s`;
    t.teardown(() => policy('Local'));
    await policy('Cluster');
    const refused = await shell(`${line} --source-range ${addresses.client}/32`);
    t.is(refused.code, 2, refused.stderr);
    t.regex(refused.stderr, /ingress-nginx\/ingress-nginx-controller .* has externalTrafficPolicy Cluster/);
    t.is(await pasted(`kubectl get ingresses,services -n ${namespace} -o name`), '', 'nothing was written');
    await pasted(`${line} --source-range ${addresses.client}/32 --force`);
    const url = (await pasted(`kubectl skyports endpoints train -n ${namespace} -o url`)).trim();
    await untilStatus(403, { url });
    const patch = /^ {4}(kubectl patch service .*)$/m.exec(refused.stderr)![1]!;
    await pasted(patch);
    await untilStatus(200, { url });
    t.is((await call({ url }, onNode)).status, 403, 'from another network');
    await pasted(`${line} --source-range ${addresses.node}/32`);
    await untilStatus(403, { url });
    t.true([307, 403].includes((await call({ url: url.slice(0, -1) })).status), 'without the final slash');
    await pasted(`${line} --source-range=`);
    await untilStatus(200, { url });
  });
}
