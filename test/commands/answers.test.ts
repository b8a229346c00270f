import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { admin } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { ingressNginxService, skyLoadBalancer } from '../helpers/skypilot-objects.ts';
import { make, untilBackendReady, withSkyCluster } from '../helpers/world.ts';

const loopback = '127.0.0.1';
/** Everything here is called on this machine alone. */
const env = { SKYPORTS_PROBE: 'true' };
const nginx404 =
  '<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center><hr><center>nginx</center></body></html>';

/** A SkyPilot cluster whose load balancer has the address of this machine and the port of a server on it. */
async function behind(port: number): Promise<string> {
  const names = await withSkyCluster();
  await make(skyLoadBalancer(names, [port], { ip: loopback }));
  await untilBackendReady(names.namespace, `${names.nameOnCloud}--skypilot-lb`);
  return names.namespace;
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, loopback, () => resolve((server.address() as AddressInfo).port));
  });
}

/** The page of a load balancer that no app sends by itself. nginx's may be the app's where no controller is on the path. */
function unavailable(response: ServerResponse): void {
  response.writeHead(503, { server: 'awselb/2.0' }).end();
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('--check calls each URL and shows its answer; without the right to call it says so', async (t) => {
  const server = createServer((_, response) => response.writeHead(401).end());
  t.teardown(() => server.close());
  const port = await listening(server);
  const namespace = await behind(port);
  const args = ['endpoints', '-n', namespace, '--check'];
  const table = await skyports(args, { env });
  t.is(table.code, 0, table.stderr);
  t.regex(table.stdout, / ENDPOINT +STATE +ANSWER +AGE\n.* Ready +401 in \d+ ms +\d/);
  const json = await skyports([...args, '-o', 'json'], { env });
  const [item] = JSON.parse(json.stdout).items;
  t.like(item.answer, { outcome: 'answered', status: 401, from: null });
  t.deepEqual(item.access, ['app']);
  const asking = await skyports([...args, '--access', 'app'], { env });
  t.regex(asking.stdout, / 401 in /);
  const open = await skyports([...args, '--access', 'none'], { env });
  t.deepEqual([open.code, open.stdout, open.stderr], [0, '', 'No port matches --access none.\n']);
  const silent = await skyports(args);
  t.regex(silent.stdout, / Ready +not called +\d/);
  t.notRegex((await skyports(['endpoints', '-n', namespace], { env })).stdout, /ANSWER/);
});

/** What stderr has besides the lines about the wait. Their number depends on how fast the server answers. */
function withoutWaiting(stderr: string): string {
  return stderr.replace(/^waiting at most [^\n]*\n/gm, '');
}

test("--wait goes on through a controller's own page, and ends with the app's first answer", async (t) => {
  let calls = 0;
  const server = createServer((_, response) => {
    calls++;
    if (calls < 3) unavailable(response);
    else response.writeHead(403).end();
  });
  t.teardown(() => server.close());
  const namespace = await behind(await listening(server));
  const { code, stdout, stderr } = await skyports(['endpoints', 'train', '-n', namespace, '--wait=5m'], { env });
  t.is(code, 0, stderr);
  t.regex(stderr, /^waiting at most 5m0s[^\n]*\n/);
  t.is(withoutWaiting(stderr), '');
  t.is(calls, 3);
  t.regex(stdout, /Ready/);
});

test("a controller's own page until the end: not ready, with the page and what finds the cause", async (t) => {
  const server = createServer((_, response) => unavailable(response));
  t.teardown(() => server.close());
  const port = await listening(server);
  const namespace = await behind(port);
  const { code, stderr } = await skyports(['endpoints', 'train', '-n', namespace, '--wait=300ms'], { env });
  t.is(code, 3);
  t.is(
    withoutWaiting(stderr),
    `error: not ready after 300ms: train port ${port} does not answer (503 from AWS Application Load Balancer)\n` +
      `this says why and how to fix it:\n    kubectl skyports doctor train ${port} -n ${namespace}\n`,
  );
});

test("a controller's page within a minute of our apply is not loaded yet, by the server's clock", async (t) => {
  const server = createServer((_, response) => response.writeHead(404).end(nginx404));
  t.teardown(() => server.close());
  const port = await listening(server);
  const { namespace } = await withSkyCluster();
  const controller = ingressNginxService({ name: 'controller', namespace, ip: loopback });
  const { selector, ...spec } = controller.spec!;
  const ports = spec.ports!.filter(({ name }) => name === 'http').map((each) => ({ ...each, port }));
  await make({ ...controller, spec: { ...spec, ports } });
  const place = ['-n', namespace, '--ingress-service', `${namespace}/controller`];
  const exposed = await skyports(['expose', 'train', '8888', '--mode=ingress', '--wait=0', ...place]);
  t.is(exposed.code, 0, exposed.stderr);
  await untilBackendReady(namespace, 'train-2ea485ef--skyports-svc--8888');
  const wait = ['endpoints', 'train', '--mode=ingress', '--wait=300ms', ...place];
  const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/train-2ea485ef--skyports-ingress`;
  const written = Date.parse((await admin('GET', path)).metadata.creationTimestamp);
  // The server's clock stands still ten seconds after the apply, however slow this machine is.
  const tenSecondsAfter = () => (written + 10_000 - Date.now()) / 1000;
  for (const [later, serverLater, isNew] of [
    [3600, tenSecondsAfter, true],
    [0, 120, false],
  ] as const) {
    const { stderr } = await skyports(wait, { env, later, serverLater });
    t.regex(stderr, isNew ? /\(404 from ingress-nginx: not loaded yet\)/ : /\(404 from ingress-nginx\)/);
  }
});

test('nothing listens yet: the wait ends at once, and is no failure', async (t) => {
  const port = await freePort();
  const namespace = await behind(port);
  for (const args of [
    ['endpoints', 'train', '-n', namespace, '--wait=5m'],
    ['expose', 'train', String(port), '-n', namespace, '--wait=5m'],
  ]) {
    const { code, stderr } = await skyports(args, { env });
    t.is(code, 0, stderr);
    t.regex(stderr, new RegExp(`^nothing listens on ${port} yet$`, 'm'));
  }
});

test('a row that may not be called counts as done, and that is reported', async (t) => {
  const namespace = await behind(await freePort());
  const { code, stderr } = await skyports(['endpoints', 'train', '-n', namespace, '--wait=5m']);
  t.deepEqual([code, stderr], [0, 'not called from here: SKYPORTS_PROBE=false\n']);
});
