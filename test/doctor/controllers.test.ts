import test from 'ava';
import { diagnose, diagnosisOfScenario, scenarioNamed } from '../helpers/scenario.ts';

async function findingOf(name: string, id: string) {
  const { diagnosis } = await diagnosisOfScenario(scenarioNamed(name));
  const [finding] = diagnosis.checks.find((check) => check.id === id)!.findings;
  return {
    message: finding!.message,
    commands: finding!.cures.flatMap(({ command }) => command ?? []),
    cures: finding!.cures,
  };
}

test("a SkyServe controller without its ports: the cure is SkyServe's, and not expose", async (t) => {
  for (const name of ['serve-controller-without-ports', 'serve-controller-without-ports-named']) {
    const { message, commands } = await findingOf(name, 'service-port-known');
    t.regex(message, /^SkyServe controller \S+ \(\S+\) has none of its ports 30001-30020/);
    t.deepEqual(commands, [
      'sky serve down --all',
      'sky down sky-serve-controller-1a2b3c4d',
      'sky serve up SERVICE.yaml',
    ]);
  }
});

test('a young controller may still get its ports', async (t) => {
  const { message, commands } = await findingOf('serve-controller-starting', 'service-port-known');
  t.regex(message, /\(in progress\)$/);
  t.deepEqual(commands, ['sky serve status']);
});

test('a port of the controller of managed jobs: no expose', async (t) => {
  const { message, commands } = await findingOf('jobs-controller-asked', 'service-port-known');
  t.regex(message, /, the controller of managed jobs; no port of it is open$/);
  t.deepEqual(commands, ['sky jobs queue']);
});

test('no ready replica: the status, the logs and the readiness probe', async (t) => {
  for (const name of ['serve-no-replica', 'serve-no-replica-unread', 'serve-replica-not-reached', 'serve-no-answer']) {
    const { commands, cures } = await findingOf(name, 'http-answers');
    t.deepEqual(commands, ['sky serve status', 'sky serve logs NAME 1', 'sky serve logs NAME --load-balancer'], name);
    const { note } = cures.at(-1)!;
    for (const word of ['path', 'timeout_seconds', 'initial_delay_seconds']) t.true(note!.includes(word), word);
  }
});

test('without a fault, the ports that no service uses are in no suggestion', async (t) => {
  const { stdout } = await diagnose(scenarioNamed('healthy-serve-controller-named'));
  t.regex(stdout, / port 30001-30020 /);
  t.regex(stdout, /kubectl skyports forward sky-serve-controller-1a2b3c4d 30001 -n default/);
  t.notRegex(stdout, /30002|expose/);
});

test('two head Pods on one port of a node: who started later, and no way in that leads to the other app', async (t) => {
  const { message, commands } = await findingOf('host-network-two-heads', 'host-network-ports');
  t.regex(
    message,
    /share node sky-node \(hostNetwork\), and both use its port 8888: .* that of serve, which started later/,
  );
  t.deepEqual(commands, ['kubectl skyports expose serve PORT -n default', 'sky logs serve']);
  const { stdout } = await diagnose(scenarioNamed('host-network-two-heads'));
  t.notRegex(stdout, /kubectl skyports forward/);
});

test("SkyPilot's Ingress has the limits of ingress-nginx: expose beside it, and custom_metadata with where it lands", async (t) => {
  const { message, commands, cures } = await findingOf('healthy-ingress', 'ingress-nginx-defaults');
  t.regex(
    message,
    /ends a connection after 60 s without data and refuses a request body of more than 1 MB \(413\), unless ConfigMap ingress-nginx\/ingress-nginx-controller says otherwise$/,
  );
  t.deepEqual(commands, ['kubectl skyports expose train 8888 -n default --mode ingress --beside-skypilot']);
  t.regex(
    cures.at(-1)!.note!,
    /custom_metadata.*proxy-read-timeout: "3600".*proxy-body-size: "0".*every object of every SkyPilot cluster$/,
  );
});

test('a port that is open beside the Ingress of SkyPilot is not opened again', async (t) => {
  const { commands } = await findingOf('app-works-at-the-path-beside', 'ingress-nginx-defaults');
  t.deepEqual(commands, ['kubectl skyports endpoints train -n default']);
});

test('the limits of ingress-nginx are those of the annotation, else of the ConfigMap, and each says where it is from', async (t) => {
  const { message, cures } = await findingOf('ingress-shorter-than-defaults', 'ingress-nginx-defaults');
  t.is(
    message,
    'ingress-nginx ends a connection after 30 s without data and refuses a request body of more than 512 KB (413) at Ingress default/train-2ea485ef-skypilot-ingress (proxy-read-timeout in ConfigMap ingress-nginx/ingress-nginx-controller and its annotation proxy-body-size)',
  );
  t.regex(cures.at(-1)!.note!, /proxy-read-timeout: "3600".*proxy-body-size: "0"/);
});

test("the Ingress of SkyPilot's API server is named as such", async (t) => {
  const { message } = await findingOf('ingress-neighbour-is-api-server', 'ingress-regex-neighbours');
  t.regex(message, /Ingress default\/skypilot-ingress \(SkyPilot's API server\)$/);
});

test("an ingress controller that the chart of SkyPilot's API server brought, and what has the address instead", async (t) => {
  const { message } = await findingOf('controller-of-api-server-waits', 'ingress-controller-service');
  t.regex(
    message,
    /^the Service of the ingress controller is default\/sky-ingress-nginx-controller \(installed with SkyPilot's API server\), which waits for an address, while Service kube-system\/traefik has 203\.0\.113\.75; /,
  );
});

test('the health of one port of a SkyServe controller: no load balancer beside it', async (t) => {
  const { commands } = await findingOf('serve-health-of-a-deaf-port', 'load-balancer-health-check');
  t.deepEqual(commands, ['sky serve status']);
});

test('a signpost is never made for an address of the own machine', async (t) => {
  const { cures } = await findingOf('controller-publishes-loopback', 'ingress-controller-service');
  t.regex(cures[0]?.command ?? '', /--signpost ADDRESS$/);
});

test('a flag of the controller that was seen is not suggested', async (t) => {
  const { cures } = await findingOf('probe-controller-404', 'http-answers');
  t.deepEqual(
    cures.filter(({ note }) => note?.includes('--watch-namespace')),
    [],
  );
});
