import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { admin, type Json } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { makeIngressNginx, withSkyCluster } from '../helpers/world.ts';
import { type DelayingProxyOptions, isWrite, type SeenRequest, startDelayingProxy } from './delaying-proxy.ts';
import { failure, proxy } from './proxy.ts';

const ingressMode = ['--mode', 'ingress'];

async function worldWithPorts(): Promise<string> {
  const [{ namespace }] = await Promise.all([withSkyCluster('train'), makeIngressNginx()]);
  await skyports(['expose', 'train', '8080', '8081', ...ingressMode, '--wait=0', '-n', namespace]);
  return namespace;
}

/** Runs a command behind a proxy that holds answers back. */
async function through(
  args: readonly string[],
  namespace: string,
  options: Pick<DelayingProxyOptions, 'hold' | 'onArrival'>,
) {
  const proxy = await startDelayingProxy({ delayMs: 0, namespace, ...options });
  const outcome = await skyports(args, { kubeconfig: proxy.kubeconfig });
  proxy.close();
  return { ...outcome, requests: proxy.requests };
}

const writes = (method: string, kind: string) => (seen: SeenRequest) =>
  isWrite(seen) && seen.method === method && seen.path.includes(`/${kind}/`);
const isPatchOfIngress = writes('PATCH', 'ingresses');
const isPatchOfService = writes('PATCH', 'services');
const isRemovalOfService = writes('DELETE', 'services');
const isListOf = (kind: string, namespace: string) => (seen: SeenRequest) =>
  seen.method === 'GET' && seen.path.split('?')[0]!.endsWith(`/namespaces/${namespace}/${kind}`);

/** The Services that paths of the namespace's Ingresses lead to, and which of them do not exist. */
async function pathsOf(namespace: string): Promise<{ paths: string[]; missing: string[] }> {
  const services = (await admin('GET', `/api/v1/namespaces/${namespace}/services`)).items;
  const ingresses = (await admin('GET', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`)).items;
  const paths: string[] = ingresses.flatMap(({ spec }: Json) =>
    spec.rules.flatMap(({ http }: Json) => http.paths.map(({ backend }: Json) => backend.service.name)),
  );
  const names = new Set(services.map(({ metadata }: Json) => metadata.name));
  return { paths, missing: paths.filter((name) => !names.has(name)) };
}

/** An `unexpose` that removes the path, and may not delete the Service. */
async function unexposeHalf(namespace: string, port: string): Promise<void> {
  const { kubeconfig, close } = await proxy(namespace, ({ method, path, answer }) =>
    method === 'DELETE' && path.includes('/services/') ? answer(403, failure(403, 'not today')) : undefined,
  );
  const { code, stderr } = await skyports(['unexpose', 'train', port, ...ingressMode, '-y'], { kubeconfig });
  close();
  if (code === 0) throw new Error(stderr);
}

test('expose makes a Service again that unexpose removes before the path to it is written', async (t) => {
  const namespace = await worldWithPorts();
  const events = new EventTarget();
  const [seen, ended] = [once(events, 'services seen'), once(events, 'last look of unexpose')];
  const isListOfServices = isListOf('services', namespace);
  let exposing: Promise<Awaited<ReturnType<typeof through>>> | undefined;
  const expose = () =>
    through(['expose', 'train', '8080', ...ingressMode, '--wait=0'], namespace, {
      hold: (request) => {
        if (!isListOfServices(request)) return undefined;
        events.dispatchEvent(new Event('services seen'));
        return ended;
      },
    });
  let isRemoved = false;
  const unexposed = await through(['unexpose', 'train', '8080', ...ingressMode, '-y'], namespace, {
    hold: (request) => {
      isRemoved ||= isRemovalOfService(request);
      if (isRemoved && isListOf('ingresses', namespace)(request)) {
        events.dispatchEvent(new Event('last look of unexpose'));
      }
      if (!isPatchOfIngress(request)) return undefined;
      exposing = expose();
      return seen;
    },
  });
  const exposed = await exposing!;
  t.is(unexposed.code, 0, unexposed.stderr);
  t.is(exposed.code, 0, exposed.stderr);
  const { paths, missing } = await pathsOf(namespace);
  t.deepEqual(missing, []);
  t.true(paths.some((name) => name.endsWith('--8080')));
});

test('unexpose takes out a path that expose writes before the Service is removed', async (t) => {
  const namespace = await worldWithPorts();
  let exposing: ReturnType<typeof skyports> | undefined;
  const unexposed = await through(['unexpose', 'train', '8080', ...ingressMode, '-y'], namespace, {
    hold: (request) => {
      if (!isPatchOfIngress(request)) return undefined;
      exposing ??= skyports(['expose', 'train', '8080', ...ingressMode, '--wait=0', '-n', namespace]);
      return exposing;
    },
  });
  const exposed = await exposing!;
  t.is(exposed.code, 0, exposed.stderr);
  t.is(unexposed.code, 0, unexposed.stderr);
  const { paths, missing } = await pathsOf(namespace);
  t.deepEqual(missing, []);
  t.false(paths.some((name) => name.endsWith('--8080')));
});

test('a path that another call removes before expose changes its Service is written again', async (t) => {
  const namespace = await worldWithPorts();
  let isLeft = true;
  const { kubeconfig, close } = await proxy(namespace, async ({ method, path, pass, answer }) => {
    if (!isLeft || method !== 'GET' || !path.endsWith(`/namespaces/${namespace}/ingresses`)) return undefined;
    isLeft = false;
    const early = await pass();
    await unexposeHalf(namespace, '8080');
    return answer(early.status, early.value);
  });
  // The Service gets another target port, and its path stays the same.
  const { code, stderr } = await skyports(['expose', 'train', '8080:9090', ...ingressMode, '--wait=0'], { kubeconfig });
  close();
  t.is(code, 0, stderr);
  t.true((await pathsOf(namespace)).paths.some((name) => name.endsWith('--8080')));
});

test('unexpose takes out a path that expose writes after the Service is removed', async (t) => {
  const namespace = await worldWithPorts();
  const events = new EventTarget();
  // Half a second is more than an immediate look takes.
  const removed = once(events, 'service removed').then(() => delay(500));
  let unexposing: Promise<Awaited<ReturnType<typeof through>>> | undefined;
  const exposed = await through(['expose', 'train', '9000', ...ingressMode, '--wait=0'], namespace, {
    hold: (request) => {
      if (!isPatchOfService(request)) return undefined;
      unexposing = through(['unexpose', 'train', '9000', ...ingressMode, '-y'], namespace, {
        hold: (other) => {
          if (isRemovalOfService(other)) events.dispatchEvent(new Event('service removed'));
          return undefined;
        },
      });
      return removed;
    },
  });
  t.is(exposed.code, 0, exposed.stderr);
  t.true((await pathsOf(namespace)).paths.some((name) => name.endsWith('--9000')));
  const unexposed = await unexposing!;
  t.is(unexposed.code, 0, unexposed.stderr);
  // On a slow machine, expose looks again as well, and then it makes the Service again.
  t.deepEqual((await pathsOf(namespace)).missing, []);
});

test('only a changed Ingress is looked at again', async (t) => {
  const namespace = await worldWithPorts();
  const listsIn = async (args: readonly string[], kind: string) => {
    const { code, stderr, requests } = await through(args, namespace, {});
    t.is(code, 0, stderr);
    return requests.filter(isListOf(kind, namespace)).length;
  };
  const expose = (port: string, mode: string) => ['expose', 'train', port, '--mode', mode, '--wait=0'];
  const unexpose = (port: string, mode: string) => ['unexpose', 'train', port, '--mode', mode, '-y'];
  t.is(await listsIn(expose('9000', 'loadbalancer'), 'services'), 1);
  t.is(await listsIn(unexpose('9000', 'loadbalancer'), 'ingresses'), 1);
  t.is(await listsIn(expose('8081', 'ingress'), 'services'), 1);
  t.is(await listsIn(expose('9000', 'ingress'), 'services'), 1);
  await unexposeHalf(namespace, '9000');
  t.is(await listsIn(expose('9000', 'ingress'), 'services'), 2, 'its Service was there, without a path');
  t.is(await listsIn(unexpose('9000', 'ingress'), 'ingresses'), 2);
});

for (const [command, kind] of [
  ['expose', 'services'],
  ['unexpose', 'ingresses'],
] as const) {
  test(`${command} fails if it cannot look again, and reports what it has done`, async (t) => {
    const namespace = await worldWithPorts();
    // For a Service without a path, expose looks again.
    if (command === 'expose') await unexposeHalf(namespace, '8080');
    let lists = 0;
    const { kubeconfig, close } = await proxy(namespace, ({ method, path, answer }) => {
      const isHit = method === 'GET' && path.endsWith(`/namespaces/${namespace}/${kind}`) && ++lists > 1;
      return isHit ? answer(500, failure(500, 'etcd is full')) : undefined;
    });
    const flags = command === 'expose' ? ['--wait=0'] : ['-y'];
    const { code, stderr } = await skyports([command, 'train', '8080', ...ingressMode, ...flags], { kubeconfig });
    close();
    t.is(code, 1);
    t.regex(stderr, /etcd is full/);
    t.regex(stderr, /\n *done: .*--skyports-ingress changed/);
    t.notRegex(stderr, /not done|again finishes it/);
  });
}

test('a refused expose leaves the Service that another expose has a path to', async (t) => {
  const namespace = await worldWithPorts();
  const args = ['expose', 'train', '8085', ...ingressMode, '--wait=0'];
  let other: Awaited<ReturnType<typeof skyports>> | undefined;
  const { kubeconfig, close } = await proxy(namespace, async ({ method, path, answer }) => {
    if (method !== 'PATCH' || !path.includes('/ingresses/')) return undefined;
    other ??= await skyports([...args, '-n', namespace]);
    return answer(403, failure(403, 'not today'));
  });
  const refused = await skyports(args, { kubeconfig });
  close();
  t.is(other?.code, 0, other?.stderr);
  t.is(refused.code, 1, refused.stderr);
  t.regex(refused.stderr, /not today/);
  const { paths, missing } = await pathsOf(namespace);
  t.true(paths.some((name) => name.endsWith('--8085')));
  t.deepEqual(missing, []);
});

test('a refused expose leaves the Service of a path that it has written', async (t) => {
  const namespace = await worldWithPorts();
  const password = ['--auth', 'basic', '--allow-plain-http', '--force'];
  const opened = await skyports(['expose', 'train', '8082', ...ingressMode, '--wait=0', ...password, '-n', namespace]);
  t.is(opened.code, 0, opened.stderr);
  const usual = Promise.withResolvers<void>();
  const { kubeconfig, close } = await proxy(namespace, async ({ method, path, answer, pass }) => {
    if (method !== 'PATCH' || !path.includes('/ingresses/')) return undefined;
    if (path.endsWith('--auth')) {
      await usual.promise;
      return answer(403, failure(403, 'not today'));
    }
    const { status, value } = await pass();
    usual.resolve();
    return answer(status, value);
  });
  const changing = ['8082', '8090', '--annotation', 'example.com/a=b'];
  const refused = await skyports(['expose', 'train', ...changing, ...ingressMode, '--wait=0'], { kubeconfig });
  close();
  t.is(refused.code, 1, refused.stderr);
  const { paths, missing } = await pathsOf(namespace);
  t.true(paths.some((name) => name.endsWith('--8090')));
  t.deepEqual(missing, []);
});
