import { type ChildProcess, spawn } from 'node:child_process';
import test from 'ava';
import { admin, cluster, type Json, until } from '../helpers/cluster.ts';
import { skyports, startSkyports } from '../helpers/run-skyports.ts';
import { skyLoadBalancer } from '../helpers/skypilot-objects.ts';
import { make, makeIngressNginx, withSkyCluster } from '../helpers/world.ts';

const servicePath = (namespace: string, name: string) => `/api/v1/namespaces/${namespace}/services/${name}`;
const portsOf = async (namespace: string, name: string): Promise<number[]> =>
  admin('GET', servicePath(namespace, name)).then(
    ({ metadata, spec }: Json) => (metadata.deletionTimestamp ? [] : spec.ports.map(({ port }: Json) => port)),
    () => [],
  );
const timesOf = async (namespace: string, name: string): Promise<Record<string, string>> => {
  const { annotations } = (await admin('GET', servicePath(namespace, name))).metadata;
  return Object.fromEntries(
    Object.entries(annotations as Record<string, string>).filter(([key]) => key.startsWith('skyports/closes-at.')),
  );
};
const isOpen = (namespace: string, name: string, port: number) =>
  until(`port ${port} is open`, async () => (await portsOf(namespace, name)).includes(port));
const expose = (namespace: string, ...args: string[]) => ['expose', 'train', ...args, '-n', namespace, '--wait=0'];

/** The executable, with its output so far, and how it ended. */
function start(args: readonly string[]): { child: ChildProcess; output(): string; ended: Promise<number | null> } {
  let output = '';
  const child = spawn(process.env.SKYPORTS_EXECUTABLE!, args, {
    env: {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      KUBECONFIG: cluster().adminKubeconfig,
      SKYPORTS_PROBE: 'false',
    },
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
    });
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { child, output: () => output, ended };
}

for (const mode of ['loadbalancer', 'nodeport', 'ingress']) {
  test(`${mode}: the port is open for its time, its end is in an annotation, and then it is closed`, async (t) => {
    if (mode === 'ingress') await makeIngressNginx();
    const { namespace, nameOnCloud } = await withSkyCluster();
    const suffix = { loadbalancer: 'lb', nodeport: 'nodeport', ingress: 'svc--8888' }[mode];
    const name = `${nameOnCloud}--skyports-${suffix}`;
    const before = Date.now();
    const { code, stderr } = await skyports(expose(namespace, '8888', '--mode', mode, '--for', '4s'));
    t.is(code, 0, stderr);
    t.true(Date.now() - before >= 3900);
    t.regex(stderr, /port 8888 closes at \d{4}-\d\d-\d\dT[\d:.]+Z, or at Ctrl-C\n/);
    t.regex(stderr, /service\/\S+ deleted from \S+ namespace\nport 8888 is closed\n$/);
    t.deepEqual(await portsOf(namespace, name), []);
    if (mode === 'ingress') {
      const { items } = await admin('GET', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`);
      t.deepEqual(
        items.filter(({ metadata }: Json) => !metadata.deletionTimestamp),
        [],
      );
    }
  });
}

test('each quarter of the time is one line, and the port is closed at the end by the clock', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  let quarter = 0;
  const running = startSkyports(expose(namespace, '8888', '--for', '4h'), { later: () => quarter * 3600 });
  t.teardown(() => running.interrupt());
  const told = () => running.stderr().match(/(?<=^port 8888 closes in ).*$/gm) ?? [];
  await until('it waits', () => running.stderr().includes('closes at'));
  t.deepEqual(told(), []);
  for (quarter = 1; quarter < 4; quarter++) {
    await until(`it says the time that is left after quarter ${quarter}`, () => told().length >= quarter);
    t.is(told().length, quarter, running.stderr());
    // A moment has passed since the beginning.
    t.regex(told().at(-1)!, new RegExp(`^(${4 - quarter}h|${3 - quarter || ''}h?[1-5]\\dm)`));
    t.deepEqual(await portsOf(namespace, `${nameOnCloud}--skyports-lb`), [8888]);
  }
  const { code, stderr } = await running.outcome;
  t.is(code, 0, stderr);
  t.is(told().length, 3, stderr);
  t.regex(stderr, /port 8888 is closed\n$/);
  t.deepEqual(await portsOf(namespace, `${nameOnCloud}--skyports-lb`), []);
});

test('a port that was open before stays open, and others of the Service too', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const name = `${nameOnCloud}--skyports-lb`;
  await skyports(expose(namespace, '8888'));
  const running = startSkyports(expose(namespace, '8888', '9000', '--for', '1h'));
  t.teardown(() => running.interrupt());
  await isOpen(namespace, name, 9000);
  const times = await timesOf(namespace, name);
  t.deepEqual(Object.keys(times), ['skyports/closes-at.9000']);
  const left = Date.parse(times['skyports/closes-at.9000']!) - Date.now();
  t.true(left > 3_000_000 && left <= 3_600_000, `${left}`);
  await until('it waits', async () => / closes? at /.test(running.stderr()));
  const listed = await skyports(['endpoints', 'train', '-n', namespace, '-o', 'json']);
  const { items } = JSON.parse(listed.stdout);
  t.deepEqual(
    items.map(({ port, closesAt }: Json) => [port, closesAt]),
    [
      [8888, undefined],
      [9000, times['skyports/closes-at.9000']],
    ],
  );
  running.interrupt();
  const { code, stderr } = await running.outcome;
  t.is(code, 130);
  t.regex(
    stderr,
    /port 8888 was open before --for and will not be closed\n.*\n {4}kubectl skyports unexpose train 8888 /,
  );
  t.deepEqual(await portsOf(namespace, name), [8888]);
  t.deepEqual(await timesOf(namespace, name), {});
});

test('what SkyPilot has opened is not closed, and there is nothing to wait for', async (t) => {
  const names = await withSkyCluster();
  await make(skyLoadBalancer(names, [8888]));
  const { code, stderr } = await skyports(expose(names.namespace, '8888', '--for', '1h'));
  t.is(code, 0, stderr);
  t.notRegex(stderr, /closes/);
  t.deepEqual(await portsOf(names.namespace, `${names.nameOnCloud}--skypilot-lb`), [8888]);
});

test('expose without --for makes the port stay, and the first command notices', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const name = `${nameOnCloud}--skyports-lb`;
  const running = startSkyports(expose(namespace, '8888', '9000', '--for', '1h'));
  t.teardown(() => running.interrupt());
  await until('it waits', async () => / closes? at /.test(running.stderr()));
  await skyports(expose(namespace, '8888'));
  await until('it notices', async () => running.stderr().includes('leaves it alone'));
  t.deepEqual(Object.keys(await timesOf(namespace, name)), ['skyports/closes-at.9000']);
  await skyports(['unexpose', 'train', '9000', '-y', '-n', namespace]);
  const { code, stderr } = await running.outcome;
  t.is(code, 0, 'nothing is left to wait for');
  t.regex(stderr, /another command has changed or closed port 8888; this one leaves it alone\n/);
  t.regex(stderr, /another command has changed or closed port 9000; this one leaves it alone\n$/);
  t.deepEqual(await portsOf(namespace, name), [8888]);
});

test('expose --for again gives the port a new time, and the second command closes it', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const name = `${nameOnCloud}--skyports-lb`;
  const first = startSkyports(expose(namespace, '8888', '--for', '1h'));
  t.teardown(() => first.interrupt());
  await until('it waits', async () => first.stderr().includes('closes at'));
  const second = startSkyports(expose(namespace, '8888', '--for', '2h'));
  t.teardown(() => second.interrupt());
  t.is((await first.outcome).code, 0);
  t.deepEqual(await portsOf(namespace, name), [8888]);
  await until('it waits', async () => second.stderr().includes('closes at'));
  second.interrupt();
  t.is((await second.outcome).code, 130);
  t.deepEqual(await portsOf(namespace, name), []);
});

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  test(`the executable closes the port at ${signal}`, async (t) => {
    const { namespace, nameOnCloud } = await withSkyCluster();
    const running = start(expose(namespace, '8888', '--for', '1h'));
    t.teardown(() => running.child.kill('SIGKILL'));
    await until('it waits', async () => running.output().includes('closes at'));
    running.child.kill(signal);
    t.is(await running.ended, exitCode, running.output());
    t.regex(running.output(), /port 8888 is closed\n$/);
    t.deepEqual(await portsOf(namespace, `${nameOnCloud}--skyports-lb`), []);
  });
}

test('a signal while it waits for the URL closes the port, too', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const running = start(['expose', 'train', '8888', '-n', namespace, '--for', '1h', '--wait=5m']);
  t.teardown(() => running.child.kill('SIGKILL'));
  await isOpen(namespace, `${nameOnCloud}--skyports-lb`, 8888);
  running.child.kill('SIGINT');
  t.is(await running.ended, 130, running.output());
  t.deepEqual(await portsOf(namespace, `${nameOnCloud}--skyports-lb`), []);
});

test('a closing time that another program wrote goes with expose without --for, and with the port', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const name = `${nameOnCloud}--skyports-lb`;
  const annotations = { 'skyports/closes-at.8888': '2020-01-01T00:00:00Z' };
  const annotate = () =>
    admin('PATCH', `${servicePath(namespace, name)}?fieldManager=someone`, { metadata: { annotations } });
  await skyports(expose(namespace, '8888', '9000'));
  await annotate();
  const again = await skyports(expose(namespace, '8888'));
  t.is(again.code, 0, again.stderr);
  t.regex(again.stderr, /^service\/\S+ annotated$/m);
  t.deepEqual(await timesOf(namespace, name), {});
  await annotate();
  const pruned = await skyports(['prune', '-n', namespace, '-y']);
  t.is(pruned.code, 0, pruned.stderr);
  t.deepEqual(await portsOf(namespace, name), [9000]);
  t.deepEqual(await timesOf(namespace, name), {});
});

test('if only some of the writes succeed, the ports are closed again', async (t) => {
  await makeIngressNginx();
  const { namespace, nameOnCloud } = await withSkyCluster();
  // A webhook that does not answer, as that of a controller that is down. It decides on redirects only.
  const webhook = {
    name: 'down.example.com',
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    timeoutSeconds: 30,
    clientConfig: { url: 'https://127.0.0.1:1/' },
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    rules: [{ apiGroups: ['*'], apiVersions: ['*'], operations: ['CREATE'], resources: ['ingresses'] }],
    matchConditions: [{ name: 'redirect', expression: 'request.name.contains("redirect")' }],
  };
  const configurations = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
  await admin('POST', configurations, { metadata: { name: namespace }, webhooks: [webhook] });
  t.teardown(() => admin('DELETE', `${configurations}/${namespace}`));
  await until('the webhook is asked', async () => {
    const probe = await skyports(expose(namespace, '9000', '--mode', 'ingress', '--dry-run=server'));
    return probe.stderr.includes('down.example.com');
  });
  const { code, stderr } = await skyports(expose(namespace, '8888', '--mode', 'ingress', '--for', '1h'));
  t.is(code, 1, stderr);
  t.regex(stderr, /port 8888 is closed\nerror: .*down\.example\.com/);
  t.deepEqual(await portsOf(namespace, `${nameOnCloud}--skyports-svc--8888`), []);
});

test('after kill -9, doctor and prune find the port when its time is over, and prune closes it', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const name = `${nameOnCloud}--skyports-lb`;
  await skyports(expose(namespace, '9000'));
  const running = start(expose(namespace, '8888', '--for', '10m'));
  await until('it waits', async () => running.output().includes('closes at'));
  running.child.kill('SIGKILL');
  await running.ended;
  t.deepEqual(await portsOf(namespace, name), [8888, 9000]);
  const before = await skyports(['prune', '-n', namespace, '-y']);
  t.is(before.stderr, 'there are no leftovers of deleted SkyPilot clusters, and no port is open for too long\n');
  const later = { later: 12 * 60 };
  const doctor = await skyports(['doctor', 'train', '-n', namespace, '--only', 'ports-closed-in-time'], later);
  t.regex(doctor.stdout, /port 8888 of train was to be closed at \S+ and is still open/);
  t.regex(doctor.stdout, /kubectl skyports unexpose train 8888 -n \S+ --mode loadbalancer/);
  const dry = await skyports(['prune', '-n', namespace, '--dry-run'], later);
  t.is(dry.stdout, `service/${name} changed (dry run)\n`);
  t.regex(dry.stderr, /port 8888 of train was to be closed at \S+ \(expose --for\)\n/);
  const pruned = await skyports(['prune', '-n', namespace, '-y'], later);
  t.is(pruned.code, 0, pruned.stderr);
  t.is(pruned.stdout, `service/${name} changed\n`);
  t.deepEqual(await portsOf(namespace, name), [9000]);
  t.deepEqual(await timesOf(namespace, name), {});
});

test('a dry run shows the annotation and does not wait', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  const { code, stdout } = await skyports(expose(namespace, '8888', '--for', '2h', '--dry-run', '-o', 'yaml'));
  t.is(code, 0);
  t.regex(stdout, /skyports\/closes-at\.8888: ["']?\d{4}-/);
  t.deepEqual(await portsOf(namespace, `${nameOnCloud}--skyports-lb`), []);
});

for (const [args, message] of [
  [['--for', '2'], /--for takes the time until the ports close, and "2" is not one\n/],
  [['--for', '0s'], /"0s" is not one/],
  [['--for', 'soon'], /"soon" is not one/],
  [['--for', '9999h'], /"9999h" is not one/],
  [['--for', '1h', '--mode', 'podip'], /--for has no meaning in podip mode/],
  [['--for', '1h', '--print-sky-config'], /--print-sky-config opens nothing that --for could close/],
  [['--annotation', 'skyports/closes-at.8888=x'], /kubectl skyports needs skyports\/closes-at.8888 itself/],
] as const) {
  test(`${args.join(' ')} is refused, and nothing is written`, async (t) => {
    const { namespace, nameOnCloud } = await withSkyCluster();
    const { code, stderr } = await skyports(expose(namespace, '8888', ...args));
    t.is(code, 2);
    t.regex(stderr, message);
    t.deepEqual(await portsOf(namespace, `${nameOnCloud}--skyports-lb`), []);
  });
}
