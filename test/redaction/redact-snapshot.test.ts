import test from 'ava';
import { allChecks } from '../../src/doctor/all-checks.ts';
import { judge, outcomeOf, rootCausesOf } from '../../src/doctor/judge.ts';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import { redactedSnapshot } from '../../src/redaction/redact-snapshot.ts';
import { dumpOf, snapshotFromDump } from '../../src/snapshot/dump.ts';
import { type Snapshot, snapshotOf } from '../../src/snapshot/snapshot.ts';
import { forbidden, seen } from '../helpers/look.ts';
import { allScenarios, diagnosisOfScenario, type Scenario, snapshotOfScenario } from '../helpers/scenario.ts';
import { skyNames, skyPod } from '../helpers/skypilot-objects.ts';

/** What the book's reserved values become, so that a token cannot be taken for what it replaced. */
const disguises: readonly (readonly [RegExp, string])[] = [
  [/203\.0\.113\./g, '34.120.7.'],
  [/198\.51\.100\./g, '52.10.8.'],
  [/192\.0\.2\./g, '18.9.9.'],
  [/\b10\.244\./g, '10.88.'],
  [/\b10\.(0|96)\.(\d+)\./g, '10.77.$2.'],
  [/2001:db8:/g, '2600:1f18:'],
  [/\bexample\.(com|invalid|org)/g, 'acme-secret.io'],
  [/\b(sky-node|gpu-\d)\b/g, '$1-acme'],
];
const secrets = /34\.120\.7\.|52\.10\.8\.|18\.9\.9\.|10\.88\.|10\.77\.|2600:1f18|acme-secret|(?:sky-node|gpu-\d)-acme/;

function disguised(scenario: Scenario): Snapshot {
  const text = disguises.reduce((rest, [from, to]) => rest.replace(from, to), scenario.text);
  return snapshotOfScenario({ text });
}

interface Subjects {
  readonly nameOnCloud: string | undefined;
  readonly ports: readonly number[] | undefined;
  readonly mode: string | undefined;
}

/** What comes of a snapshot: outcome, root causes, and each check's outcome and reason to be skipped. */
function judged(snapshot: Snapshot, { nameOnCloud, ports, mode }: Subjects) {
  const skyCluster = indexSnapshot(snapshot).skyClusters.find((each) => each.nameOnCloud === nameOnCloud);
  const subject = { skyCluster, ports, mode: mode as undefined };
  const verdicts = judge(allChecks, snapshot, subject, { only: undefined, skip: [] });
  return {
    outcome: outcomeOf(verdicts),
    rootCauses: rootCausesOf(verdicts),
    checks: verdicts.map(({ check, outcome, consequenceOf, findings, ignored }) => [
      check.id,
      outcome,
      consequenceOf,
      findings.map(({ severity }) => severity),
      ignored,
    ]),
  };
}

for (const scenario of allScenarios()) {
  test(`${scenario.name}: redacted, nothing is shown, and the same is found`, async (t) => {
    const { diagnosis } = await diagnosisOfScenario(scenario);
    const { subject } = diagnosis.metadata;
    const snapshot = disguised(scenario);
    const named = indexSnapshot(snapshot).skyClusters.find(({ displayName }) => displayName === subject?.skyCluster);
    const { snapshot: shown, rename } = redactedSnapshot(snapshot);
    const dump = dumpOf(shown);
    const text = JSON.stringify(dump);
    t.notRegex(text, secrets);
    const about = { ports: subject?.ports, mode: subject?.mode ?? undefined };
    const before = judged(snapshot, { ...about, nameOnCloud: named?.nameOnCloud });
    const after = { ...about, nameOnCloud: named && rename(named.nameOnCloud) };
    t.deepEqual(judged(shown, after), before);
    // As a file it is what it was.
    t.deepEqual(judged(snapshotFromDump(JSON.parse(text)), after), before);
    t.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(dumpOf(redactedSnapshot(snapshot).snapshot))), 'stable');
  });
}

const about = { context: 'gke_acme-prod_us-central1-c_ml', namespace: 'default', takenAt: '2026-11-27T00:00:00Z' };
const redactedText = (topics: Partial<Snapshot['topics']>): string =>
  JSON.stringify(dumpOf(redactedSnapshot(snapshotOf(about, topics)).snapshot));

test('a user is taken out wherever the name stands, also of names of objects', (t) => {
  const names = { ...skyNames('team-ada', 'sky-1a2b-ada'), nameOnCloud: 'sky-1a2b-ada-2ea485ef' };
  const pod = skyPod(names);
  const { snapshot, rename } = redactedSnapshot(
    snapshotOf(about, { pods: seen([pod]), services: forbidden('services') }),
  );
  const text = JSON.stringify(dumpOf(snapshot));
  t.notRegex(text, /\bada\b|acme/);
  t.is(rename('sky-1a2b-ada-2ea485ef'), 'sky-1a2b-user-1-2ea485ef');
  t.true(text.includes('"skypilot-cluster-name":"sky-1a2b-user-1-2ea485ef"'));
  t.true(text.includes('"component":"sky-1a2b-user-1-2ea485ef-head"'));
});

test('what is not judged is left out: environment, volumes, scripts, field managers', (t) => {
  const pod = skyPod(skyNames('default', 'train'));
  const container = {
    ...pod.spec!.containers[0]!,
    args: ['export TOKEN=hunter2'],
    env: [{ name: 'KEY', value: 'hunter2' }],
  };
  const spec = { ...pod.spec!, containers: [container], volumes: [{ name: 'hunter2' }] };
  const metadata = {
    ...pod.metadata,
    managedFields: [{ manager: 'kubectl', fieldsV1: { 'k:{"ip":"34.1.2.3"}': {} } }],
  };
  const text = redactedText({ pods: seen([{ ...pod, metadata, spec }]) });
  t.notRegex(text, /hunter2|34\.1\.2\.3/);
});

test("annotations' values are tokens, but for those that are judged", (t) => {
  const metadata = {
    name: 'ingress-nginx-controller',
    namespace: 'ingress-nginx',
    annotations: {
      'skypilot.co/external-ip': 'http://34.1.2.3:80',
      'kubectl.kubernetes.io/last-applied-configuration': '{"hunter2":1}',
      'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal',
      'example.com/owner': 'hunter2',
      'external-dns.alpha.kubernetes.io/hostname': 'train.acme.io,b.acme.io',
    },
  };
  const service = { metadata, spec: { type: 'NodePort', ports: [] } };
  const text = redactedText({ ingressNginxServices: seen([service]) });
  t.notRegex(text, /hunter2|34\.1/);
  t.true(text.includes('"skypilot.co/external-ip":"http://203.0.113.1:80"'));
  t.true(text.includes('"service.beta.kubernetes.io/aws-load-balancer-scheme":"internal"'));
  t.regex(text, /"example\.com\/owner":"redacted-\d"/);
  t.true(text.includes('hostname":"host-1.example.com,host-2.example.com"'));
  t.notRegex(text, /acme\.io/);
});

test('images keep what is judged, and lose their registry', (t) => {
  const pod = skyPod(skyNames('default', 'train'));
  for (const [image, shown] of [
    ['registry.acme.io:5000/ingress-nginx/controller:v1.11.1', 'host-1.example.com/ingress-nginx/controller:v1.11.1'],
    ['registry.k8s.io/ingress-nginx/controller:v1.11.1', 'registry.k8s.io/ingress-nginx/controller:v1.11.1'],
    ['busybox:1', 'busybox:1'],
  ] as const) {
    const spec = {
      ...pod.spec!,
      containers: [{ name: 'controller', image, args: ['--watch-namespace=ml', 'rm -rf /'] }],
    };
    const text = redactedText({ controllerPods: seen([{ ...pod, spec }]) });
    t.true(text.includes(`"image":"${shown}"`), text);
    t.true(text.includes('"args":["--watch-namespace=ml"]'));
  }
});

test("SkyPilot's configuration keeps modes; contexts are the same token everywhere", (t) => {
  const config = {
    path: '/home/ada/.sky/config.yaml',
    content: {
      kubernetes: {
        ports: 'ingress',
        allowed_contexts: [about.context, 'kind-skypilot'],
        context_configs: { [about.context]: { ports: 'podip' } },
      },
      api_server: { endpoint: 'https://ada:hunter2@sky.acme.io/x' },
    },
  };
  const { snapshot } = redactedSnapshot(snapshotOf(about, { skyConfig: seen([config]) }));
  t.is(snapshot.context, 'context-1');
  t.deepEqual((dumpOf(snapshot).topics.skyConfig as { items: unknown[] }).items, [
    {
      path: '~/.sky/config.yaml',
      content: {
        kubernetes: {
          ports: 'ingress',
          allowed_contexts: ['context-1', 'kind-skypilot'],
          context_configs: { 'context-1': { ports: 'podip' } },
        },
        api_server: { endpoint: 'https://host-1.example.com/x' },
      },
    },
  ]);
});

test('a node keeps its platform, not its machine', (t) => {
  const node = {
    metadata: { name: 'ip-10-77-0-9.ec2.internal', labels: { 'kubernetes.io/hostname': 'ip-10-77-0-9' } },
    spec: { providerID: 'aws:///us-east-1a/i-0123456789abcdef0' },
    status: { addresses: [{ type: 'InternalDNS', address: 'ip-10-77-0-9.ec2.internal' }] },
  };
  const pod = skyPod(skyNames('default', 'train'), { nodeName: 'ip-10-77-0-9.ec2.internal' });
  const text = redactedText({ nodes: seen([node]), pods: seen([pod]) });
  t.notRegex(text, /10-77|i-0123|us-east/);
  t.regex(text, /"providerID":"aws:\/\/\/redacted-\d"/);
  t.true(text.includes('"name":"node-1"'));
  t.true(text.includes('"nodeName":"node-1"'));
});

test('a certificate keeps what controllers make up, and loses whose it is', (t) => {
  const probe = (subject: string) => ({
    ...{ address: '34.1.2.3', port: 443, scheme: 'https', host: 'train.acme.io', path: '/', proxy: null, names: [] },
    ...{ connection: null, http: null },
    certificate: {
      trusted: false,
      code: 'X',
      subject,
      issuer: 'O=Acme Inc, CN=Acme CA',
      validTo: '',
      names: ['train.acme.io'],
    },
  });
  for (const [subject, shown] of [
    ['CN=train.acme.io', 'CN=host-1.example.com'],
    ['O=Acme Inc, CN=Acme', 'CN=redacted-1'],
    ['CN=TRAEFIK DEFAULT CERT', 'CN=TRAEFIK DEFAULT CERT'],
  ] as const) {
    const text = redactedText({ probes: seen([probe(subject) as never]) });
    t.true(text.includes(`"subject":"${shown}"`), text);
    t.notRegex(text, /acme/i);
  }
});

test('the app of an answer stays, and its paths lose users and hosts', (t) => {
  const pod = skyPod(skyNames('default', 'train'));
  pod.metadata!.labels!['skypilot-user'] = 'dash';
  const url = 'http://gpu.acme-secret.io/user/alice.acme-secret.io/lab?';
  const http = {
    ...{ outcome: 'answered', status: 302, page: null, app: 'dash', refusesHost: true, location: url },
    outside: [{ kind: 'script', path: '/user/dash/alice.acme-secret.io/dash.js' }],
  };
  const probe = {
    ...{ address: '203.0.113.70', port: 80, scheme: 'http', host: 'gpu.acme-secret.io', path: '/p/', names: [] },
    ...{ proxy: null, connection: null, certificate: null, http, slashless: http },
    websocket: { path: '/p/ws', own: http, foreign: null },
  };
  const { snapshot } = redactedSnapshot(snapshotOf(about, { pods: seen([pod]), probes: seen([probe as never]) }));
  const [shown] = snapshot.topics.probes.observed ? snapshot.topics.probes.items : [];
  for (const answer of [shown!.http!, shown!.slashless!, shown!.websocket!.own]) {
    t.is(answer.app, 'dash');
    t.true(answer.refusesHost);
    const [{ kind, path }] = answer.outside as [{ kind: string; path: string }];
    const [, alice] = /^\/user\/user-1\/(host-\d\.example\.com)\/user-1\.js$/.exec(path) ?? [];
    t.is(kind, 'script');
    t.is(answer.location, `http://${shown!.host}/user/${alice}/lab?`);
  }
});

test('what a container has run since is not kept', (t) => {
  const pod = skyPod(skyNames('default', 'train'));
  const containerStatuses = [
    {
      name: 'ray-node',
      image: '',
      imageID: '',
      ready: true,
      restartCount: 0,
      state: { running: { startedAt: 'hunter2' } },
    },
  ];
  t.notRegex(redactedText({ pods: seen([{ ...pod, status: { ...pod.status, containerStatuses } }]) }), /hunter2/);
});

test('of a ConfigMap only the settings that are read are saved', (t) => {
  const data = { 'use-proxy-protocol': 'true', 'http-snippet': 'set $token acme;' };
  const look = snapshotOf(
    { context: 'c', namespace: null, takenAt: '2026-11-02T12:00:00Z' },
    { controllerConfigMaps: seen([{ metadata: { name: 'settings', namespace: 'edge' }, data }]) },
  );
  for (const snapshot of [look, redactedSnapshot(look).snapshot]) {
    const { controllerConfigMaps } = dumpOf(snapshot).topics as { controllerConfigMaps: { items: object[] } };
    t.like(controllerConfigMaps.items[0], { data: { 'use-proxy-protocol': 'true' } });
    t.notRegex(JSON.stringify(controllerConfigMaps), /acme/);
  }
});

test('a PeerAuthentication keeps the modes of its ports, and a load balancer its PROXY protocol', (t) => {
  const portLevelMtls = { 8888: { mode: 'PERMISSIVE', note: 'acme' }, acme: { mode: 'STRICT' } };
  const key = 'service.beta.kubernetes.io/aws-load-balancer-target-group-attributes';
  const annotations = { [key]: 'proxy_protocol_v2.enabled=true,stickiness.type=acme' };
  const look = snapshotOf(
    { context: 'c', namespace: null, takenAt: '2026-11-02T12:00:00Z' },
    {
      peerAuthentications: seen([{ metadata: { name: 'a', namespace: 'b' }, spec: { portLevelMtls } }]),
      services: seen([{ metadata: { name: 's', namespace: 'b', annotations } }]),
    },
  );
  const { topics } = redactedSnapshot(look).snapshot;
  t.like(topics.peerAuthentications, { items: [{ spec: { portLevelMtls: { 8888: { mode: 'PERMISSIVE' } } } }] });
  t.like(topics.services, { items: [{ metadata: { annotations: { [key]: 'proxy_protocol_v2.enabled=true' } } }] });
  t.notRegex(JSON.stringify(topics), /acme/);
});
