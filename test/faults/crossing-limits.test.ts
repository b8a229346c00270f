import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { admin, type Json } from '../helpers/cluster.ts';
import { type RunOutcome, skyports } from '../helpers/run-skyports.ts';
import { makeIngressNginx, withSkyCluster } from '../helpers/world.ts';
import { crossing } from './crossing.ts';
import { proxy } from './proxy.ts';

// Two calls write paths to one Service into Ingresses with different limits, or remove the same Ingress. The apps know
// their path, so no redirect, which both calls would write, lets one call notice the other.

const ingressMode = ['--mode', 'ingress'];
const quiet = [...ingressMode, '--rewrite', 'keep', '--wait=0', '--allow-plain-http', '--force', '-y'];

test.before(makeIngressNginx);

async function worldWithPorts(...ports: string[]): Promise<string> {
  const { namespace } = await withSkyCluster('train');
  await skyports(['expose', 'train', ...ports, ...quiet, '-n', namespace]);
  return namespace;
}

/** The paths of our Ingresses, as `SET PORT`. */
async function pathsOf(namespace: string): Promise<string[]> {
  const { items } = await admin('GET', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`);
  return items
    .flatMap(({ metadata, spec }: Json) =>
      spec.rules.flatMap(({ http }: Json) =>
        http.paths.map(({ backend }: Json) => {
          const set = metadata.name.replace(/^.*--skyports-ingress(--)?/, '') || 'usual';
          return `${set} ${backend.service.name.split('--').at(-1)}`;
        }),
      ),
    )
    .sort();
}

test('a port that gets a password while another call opens it keeps the password', async (t) => {
  const namespace = await worldWithPorts('8081');
  let other: RunOutcome | undefined;
  const outcome = await crossing(['expose', 'train', '8080', ...quiet], namespace, {
    at: ({ method, path }) => method === 'PATCH' && path.includes('/services/'),
    isAfter: true,
    meanwhile: async () => {
      other = await skyports(['expose', 'train', '8080', ...quiet, '--auth', 'basic', '-n', namespace]);
    },
  });
  t.is(other?.code, 0, other?.stderr);
  t.is(outcome.code, 0, outcome.stderr);
  t.deepEqual(await pathsOf(namespace), ['auth 8080', 'usual 8081']);
});

test('a port that gets a password after the question is not opened without it', async (t) => {
  const namespace = await worldWithPorts('8080', '8081');
  const words = quiet.filter((word) => word !== '-y');
  const outcome = await crossing(
    ['expose', 'train', '8080', ...words, '--auth', 'none', '--annotation', 'a/b=c'],
    namespace,
    {
      at: ({ method, path }) => method === 'PATCH' && path.includes('/ingresses/'),
      isAfter: false,
      meanwhile: () => skyports(['expose', 'train', '8080', ...quiet, '--auth', 'basic', '-n', namespace]),
    },
  );
  t.is(outcome.code, 2, outcome.stderr);
  t.regex(outcome.stderr, /expose asks before a public port loses its password/);
  t.deepEqual(await pathsOf(namespace), ['auth 8080', 'usual 8081']);
});

test('unexpose of all ports also removes a Service that is made between its lists', async (t) => {
  const namespace = await worldWithPorts('8080');
  const outcome = await crossing(['unexpose', 'train', ...ingressMode, '-y'], namespace, {
    at: ({ method, path }) => method === 'GET' && path.endsWith(`/namespaces/${namespace}/ingresses`),
    isAfter: false,
    meanwhile: () => skyports(['expose', 'train', '8085', ...quiet, '-n', namespace]),
  });
  t.is(outcome.code, 0, outcome.stderr);
  t.deepEqual(await pathsOf(namespace), []);
  const { items } = await admin('GET', `/api/v1/namespaces/${namespace}/services`);
  t.deepEqual(
    items.map(({ metadata }: Json) => metadata.name).filter((name: string) => name.includes('--skyports-svc')),
    [],
  );
});

test('two calls that move the only port of an Ingress leave it in one', async (t) => {
  const namespace = await worldWithPorts('8081');
  await skyports(['expose', 'train', '8080', ...quiet, '--auth', 'basic', '-n', namespace]);
  let other: RunOutcome | undefined;
  const outcome = await crossing(['expose', 'train', '8080', ...quiet, '--auth', 'none'], namespace, {
    at: ({ method, path }) => method === 'DELETE' && path.includes('/ingresses/'),
    isAfter: false,
    meanwhile: async () => {
      const ranges = ['--source-range', '10.0.0.0/8'];
      other = await skyports(['expose', 'train', '8080', ...quiet, ...ranges, '-n', namespace]);
    },
  });
  t.is(other?.code, 0, other?.stderr);
  t.is(outcome.code, 0, outcome.stderr);
  const paths = await pathsOf(namespace);
  t.is(paths.filter((path) => path.endsWith(' 8080')).length, 1, paths.join());
  t.regex(paths.join(), /limits-\w+ 8080/);
});

test('an unexpose that finds its Ingress gone deletes no Service that gets a path again', async (t) => {
  const namespace = await worldWithPorts('8080');
  const unexpose = ['unexpose', 'train', '8080', ...ingressMode, '-y'];
  const ended = Promise.withResolvers<void>();
  const made = Promise.withResolvers<void>();
  const seen = Promise.withResolvers<void>();
  const { kubeconfig, close } = await proxy(namespace, async ({ method, path, pass, answer }) => {
    if (method !== 'GET') return undefined;
    if (path.endsWith('/services')) await made.promise;
    if (!path.endsWith('/ingresses')) return undefined;
    const { status, value } = await pass();
    seen.resolve();
    return answer(status, value);
  });
  const unexposing = skyports(unexpose, { kubeconfig });
  await seen.promise;
  const first = await skyports([...unexpose, '-n', namespace]);
  const exposing = crossing(['expose', 'train', '8080', '8085', ...quiet], namespace, {
    at: ({ method, path }) => method === 'PATCH' && path.endsWith('--8080'),
    isAfter: true,
    meanwhile: () => {
      made.resolve();
      // unexpose gives this call two seconds.
      return Promise.race([ended.promise, delay(800)]);
    },
  });
  const second = await unexposing.finally(ended.resolve);
  const exposed = await exposing;
  close();
  for (const { code, stderr } of [first, second, exposed]) t.is(code, 0, stderr);
  const { items } = await admin('GET', `/api/v1/namespaces/${namespace}/services`);
  const services = items.map(({ metadata }: Json) => metadata.name.split('--').at(-1));
  for (const path of await pathsOf(namespace)) t.true(services.includes(path.split(' ')[1]), path);
});
