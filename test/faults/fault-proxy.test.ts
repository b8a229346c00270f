import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { admin, newNamespace, until } from '../helpers/cluster.ts';
import type { Fault } from './fault.ts';
import { type FaultProxy, faultProxy } from './fault-proxy.ts';
import { faults } from './faults.ts';
import { type Place, placeNamed } from './places.ts';
import { serverWords } from './server-words.ts';

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
}

const faultNamed = (name: string): Fault => faults.find((each) => each.name === name)!;

async function start(t: ExecutionContext, fault: string, place: Place) {
  const namespace = await newNamespace();
  const proxy = await faultProxy(faultNamed(fault), place, namespace);
  t.teardown(() => proxy.close());
  const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
  return { proxy, configMaps };
}

/** Asks with the credentials of the proxy's kubeconfig, over a connection of its own. */
function ask(proxy: FaultProxy, method: string, path: string, body?: object, patienceMs = 120_000): Promise<Answer> {
  const { clusters, users } = JSON.parse(readFileSync(proxy.kubeconfig, 'utf8'));
  const { server, 'certificate-authority': authority } = clusters[0].cluster;
  const headers = { authorization: `Bearer ${users[0].user.token}`, 'content-type': 'application/json' };
  const options = { method, headers, ca: readFileSync(authority), agent: false, timeout: patienceMs } as const;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request(`${server}${path}`, options, async (message) => {
    const { statusCode: status = 0, headers: answered } = message;
    text(message).then((whole) => resolve({ status, location: answered.location, body: whole }), reject);
  });
  sent.once('timeout', () => sent.destroy(new Error('silence')));
  sent.once('error', reject);
  sent.end(body && JSON.stringify(body));
  return promise;
}

const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

test('what the fault does not hit reaches the API server, with the credentials of the client', async (t) => {
  const { proxy, configMaps } = await start(t, '500 with a Status', placeNamed('Pods and Deployments'));
  t.is((await ask(proxy, 'POST', configMaps, configMap('made'))).status, 201);
  t.is((await admin('GET', `${configMaps}/made`)).metadata.name, 'made');
  t.deepEqual(
    proxy.requests.map(({ method, isHit, status, does }) => ({ method, isHit, status, does })),
    [{ method: 'POST', isHit: false, status: 201, does: 'write' }],
  );
});

test('a fault hits the first request, all of them, or those from the second on', async (t) => {
  const hits = async (place: Omit<Place, 'name' | 'matches'>) => {
    const matches = ({ resource }: { resource: string }) => resource === 'configmaps';
    const { proxy, configMaps } = await start(t, '500 with a Status', {
      ...placeNamed('all reads'),
      ...place,
      matches,
    });
    const answers = [];
    for (const path of [configMaps, '/version', configMaps, configMaps]) answers.push(await ask(proxy, 'GET', path));
    t.true(answers.every(({ status, body }) => status === 200 || body.includes(serverWords)));
    return answers.map(({ status }) => status);
  };
  t.deepEqual(await hits({ from: 1, onward: false }), [500, 200, 200, 200]);
  t.deepEqual(await hits({ from: 1, onward: true }), [500, 200, 500, 500]);
  t.deepEqual(await hits({ from: 2, onward: true }), [200, 200, 500, 500]);
  t.deepEqual(await hits({ from: 2, onward: false }), [200, 200, 500, 200]);
});

for (const [fault, isDone] of [
  ['reset before the server has it', false],
  ['reset after the server did it', true],
  ['closed halfway through the answer', true],
  ['bytes that are not HTTP', false],
  ['silence', false],
  ['connection refused', false],
] as const) {
  test(`${fault}: there is no answer, and the server ${isDone ? 'has' : 'has not'} done it`, async (t) => {
    const { proxy, configMaps } = await start(t, fault, placeNamed('the first write'));
    const patienceMs = fault === 'silence' ? 2000 : undefined;
    await t.throwsAsync(ask(proxy, 'POST', configMaps, configMap('made'), patienceMs));
    t.is(proxy.requests[0]!.status, isDone ? 201 : undefined);
    const { items } = await admin('GET', configMaps);
    t.is(items.length, isDone ? 1 : 0);
  });
}

test('after a refused connection nothing listens any more', async (t) => {
  const { proxy } = await start(t, 'connection refused', placeNamed('all reads'));
  await t.throwsAsync(ask(proxy, 'GET', '/version'));
  await t.throwsAsync(ask(proxy, 'GET', '/version'), { code: 'ECONNREFUSED' });
});

test('an answer that drips is whole', async (t) => {
  const { proxy } = await start(t, 'an answer that drips', placeNamed('everything'));
  const { status, body } = await ask(proxy, 'GET', '/version');
  t.is(status, 200);
  t.deepEqual(JSON.parse(body), await admin('GET', '/version'));
});

test('a changed answer is the one of the server but for the change; one that is empty counts as not hit', async (t) => {
  const { proxy, configMaps } = await start(t, '200 with names that are numbers', placeNamed('everything'));
  const list = async () => JSON.parse((await ask(proxy, 'GET', configMaps)).body);
  t.deepEqual((await list()).items, []);
  t.deepEqual(
    proxy.requests.map(({ isHit }) => isHit),
    [false],
  );
  await admin('POST', configMaps, configMap('made'));
  const { kind, items } = await list();
  t.is(kind, 'ConfigMapList');
  t.is(items[0].metadata.name, 7);
  t.truthy(items[0].metadata.resourceVersion);
  t.true(proxy.requests[1]!.isHit);
});

test('a request that follows a redirect is counted', async (t) => {
  const { proxy } = await start(t, 'redirect 307', placeNamed('everything'));
  const { status, location } = await ask(proxy, 'GET', '/version');
  t.is(status, 307);
  t.regex(location ?? '', /^https:\/\/127\.0\.0\.1:\d+\/elsewhere\/\d+\/version$/);
  t.is(proxy.askedElsewhere(), 0);
  const { hostname, port, pathname } = new URL(location!);
  await new Promise<void>((resolve, reject) => {
    const options = { hostname, port, path: pathname, rejectUnauthorized: false };
    request(options, (message) => message.resume().once('end', resolve))
      .once('error', reject)
      .end();
  });
  t.is(proxy.askedElsewhere(), 1);
});

test('a watch goes through', async (t) => {
  const { proxy, configMaps } = await start(t, '500 with a Status', placeNamed('all writes'));
  const { metadata } = JSON.parse((await ask(proxy, 'GET', configMaps)).body);
  await admin('POST', configMaps, configMap('seen'));
  const from = `watch=true&resourceVersion=${metadata.resourceVersion}`;
  const watched = async () => (await ask(proxy, 'GET', `${configMaps}?${from}&timeoutSeconds=1`)).body;
  // The server may end a watch before a slow machine has sent the event.
  const seen = await until('the event arrives', async () => /"type":"ADDED".*"name":"seen"/.exec(await watched()));
  t.truthy(seen);
});
