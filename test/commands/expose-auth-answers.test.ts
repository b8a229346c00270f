import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import { admin } from '../helpers/cluster.ts';
import { type RunOptions, skyports } from '../helpers/run-skyports.ts';
import { ingressNginxService } from '../helpers/skypilot-objects.ts';
import { make, makeIngressNginx, untilBackendReady, withSkyCluster } from '../helpers/world.ts';

const basic = ['--mode', 'ingress', '--auth', 'basic', '--allow-plain-http'];
const loopback = '127.0.0.1';
/** All calls stay on this machine. */
const called: RunOptions = { env: { SKYPORTS_PROBE: 'true' } };

test.before(makeIngressNginx);

test('a controller that does not ask for the password: a warning, and exit code 3', async (t) => {
  let asks = false;
  let calls = 0;
  const server = createServer((_, response) => {
    calls++;
    if (asks) response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
    else response.end('the app');
  });
  t.teardown(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve));
  const { port } = server.address() as AddressInfo;
  const { namespace } = await withSkyCluster();
  const controller = ingressNginxService({ name: 'controller', namespace, ip: loopback });
  const { selector, ...spec } = controller.spec!;
  const ports = spec.ports!.filter(({ name }) => name === 'http').map((each) => ({ ...each, port }));
  await make({ ...controller, spec: { ...spec, ports } });
  const place = ['-n', namespace, '--ingress-service', `${namespace}/controller`];
  const first = await skyports(['expose', 'train', '8888', ...basic, '--wait=0', ...place]);
  t.is(first.code, 0, first.stderr);
  await untilBackendReady(namespace, 'train-2ea485ef--skyports-svc--8888');
  const open = await skyports(['expose', 'train', '8888', ...basic, '--wait=5m', ...place], called);
  t.is(open.code, 3, open.stderr);
  t.regex(
    open.stderr,
    /warning: http:\/\/127\.0\.0\.1:\d+\/\S+ answers without a password: its controller does not ask for one\nthis closes the port:\n {4}kubectl skyports unexpose train 8888 -n \S+ --mode ingress$/m,
  );
  t.true(calls > 2, 'it calls again, because the controller may load a change late');
  asks = true;
  const asking = await skyports(['expose', 'train', '8888', ...basic, '--wait=5m', ...place], called);
  t.is(asking.code, 0, asking.stderr);
  t.notRegex(asking.stderr, /without a password/);
});

for (const [app, says] of [
  ['jupyter', /JupyterLab reads its own key or token from the header Authorization.*open its page with \?token=TOKEN/],
  ['vllm', /vLLM reads its own key or token from the header Authorization.*use --api-key alone and leave --auth out/],
  ['streamlit', undefined],
] as const) {
  test(`the password and the header Authorization of ${app}`, async (t) => {
    const { namespace } = await withSkyCluster();
    const line = ['expose', 'train', '8888', '--app', app, '-n', namespace, '--wait=0'];
    const { code, stderr } = await skyports([...line, ...basic]);
    t.is(code, 0, stderr);
    if (says) t.regex(stderr, says);
    else t.notRegex(stderr, /Authorization/);
    const { items } = await admin('GET', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`);
    t.true(items.length > 0);
    const open = await skyports([...line, '--mode', 'ingress', '--auth', 'none', '-y']);
    t.notRegex(open.stderr, /Authorization/, 'only with a password');
  });
}

test('endpoints -o wide says what asks callers of the ports that expose has opened', async (t) => {
  const { namespace } = await withSkyCluster();
  const at = ['-n', namespace, '--wait=0', '--mode', 'ingress'];
  const range = ['--source-range', '198.51.100.0/24'];
  for (const [port, args] of [
    ['8001', []],
    ['8002', basic],
    ['8003', range],
    ['8004', [...basic, ...range]],
  ] as const) {
    const { code, stderr } = await skyports(['expose', 'train', port, ...args, ...at, '--force']);
    t.is(code, 0, stderr);
  }
  const { stdout } = await skyports(['endpoints', 'train', '-n', namespace, '-o', 'json']);
  t.deepEqual(
    JSON.parse(stdout).items.map(({ port, access }: { port: number; access: string[] }) => [port, access.join()]),
    [
      [8001, 'none'],
      [8002, 'password'],
      [8003, 'allow-list'],
      [8004, 'password,allow-list'],
    ],
  );
  const wide = await skyports(['endpoints', 'train', '-n', namespace, '-o', 'wide', '--access', 'password']);
  t.regex(wide.stdout, / ACCESS .*\n.* 8002 .* password .*\n.* 8004 .* password,allow-list .*\n$/);
});
