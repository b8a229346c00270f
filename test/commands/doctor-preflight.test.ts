import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { admin, cluster, type Json, newUser, requestsOf, until } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { powerfulUser, withSkyCluster } from '../helpers/world.ts';

const namespaced = (namespace: string, plural: string) => `/api/v1/namespaces/${namespace}/${plural}`;

/** A ResourceQuota with its status, as the quota controller writes it. The test cluster runs none. */
async function makeQuota(namespace: string, hard: Record<string, string>, used: Record<string, string>): Promise<void> {
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'team-a' }, spec: { hard } };
  await admin('POST', namespaced(namespace, 'resourcequotas'), quota);
  await admin('PATCH', `${namespaced(namespace, 'resourcequotas')}/team-a/status`, { status: { hard, used } });
}

/** What `doctor` says as JSON, as a user who may do everything. */
async function diagnosed(namespace: string, ...args: readonly string[]) {
  const user = await powerfulUser(namespace);
  const { code, stdout, stderr } = await skyports(['doctor', '-n', namespace, ...args, '-o', 'json'], {
    kubeconfig: user.kubeconfig,
  });
  const { summary, checks } = JSON.parse(stdout || '{"summary":{},"checks":[]}');
  const verdict = checks.find(({ id }: Json) => id === 'writes-accepted');
  return { code, text: String(summary.text), verdict, stderr, user };
}

/** The API server learns of a quota, a policy or a webhook a moment after it was made. */
async function untilRefused(namespace: string, mode: string, ...args: readonly string[]) {
  return until(`the API server refuses ${mode}`, async () => {
    const each = await diagnosed(namespace, '--mode', mode, ...args);
    return each.verdict.findings[0]?.message.includes(' refuses the dry run of ') && each;
  });
}

async function objectsIn(namespace: string): Promise<string[]> {
  const paths = [namespaced(namespace, 'services'), `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`];
  const lists = await Promise.all(paths.map((path) => admin('GET', path)));
  return lists.flatMap(({ items }) => items.map(({ metadata }: Json) => metadata.name));
}

/** Removes what is there once for the whole cluster, also when the test fails. */
async function makeOfCluster(t: ExecutionContext, path: string, ...objects: readonly Json[]): Promise<void> {
  for (const object of objects) {
    const { plural, ...rest } = object;
    t.teardown(() => admin('DELETE', `${path}/${plural}/${object.metadata.name}`));
    await admin('POST', `${path}/${plural}`, rest);
  }
}

test('what the API server accepts is possible, was asked as dry runs alone, and is not stored', async (t) => {
  const { namespace, nameOnCloud } = await withSkyCluster();
  for (const [args, tried] of [
    [['--mode', 'nodeport'], ['skyports-check--skyports-nodeport']],
    [['train', '8888', '--mode', 'nodeport'], [`${nameOnCloud}--skyports-nodeport`]],
    [['train', '1', '2', '--mode', 'ingress'], [1, 2].map((port) => `${nameOnCloud}--skyports-svc--${port}`)],
  ] as const) {
    const { verdict, user, stderr } = await diagnosed(namespace, ...args);
    t.is(verdict.outcome, 'pass', `${JSON.stringify(verdict)} ${stderr}`);
    const writes = (await requestsOf(user.name)).filter(({ verb }) => !['get', 'list', 'create'].includes(verb));
    t.true(writes.every(({ verb, uri }) => verb === 'patch' && uri.includes('dryRun=All')));
    for (const name of tried)
      t.true(
        writes.some(({ uri }) => uri.includes(`/services/${name}?`)),
        name,
      );
    t.false(writes.some(({ uri }) => uri.includes('skypilot-')));
  }
  t.deepEqual(await objectsIn(namespace), []);
});

test('without --mode, with --dry-run=none and with --print-role nothing is tried', async (t) => {
  const { namespace } = await withSkyCluster();
  for (const args of [[], ['--mode', 'ingress', '--dry-run=none'], ['--mode', 'ingress', '--print-role']]) {
    const { user } = await diagnosed(namespace, ...args);
    const requests = await requestsOf(user.name);
    t.deepEqual(
      requests.filter(({ verb }) => verb === 'patch'),
      [],
    );
    const quotas = requests.filter(({ resource }) => resource === 'resourcequotas');
    t.is(quotas.length, args.length > 0 ? 1 : 0);
    const lists = requests.filter(({ verb }) => verb === 'list');
    t.true(lists.length <= 24, `${lists.length}`);
  }
});

test('a quota refuses: no, in its own words, from the saved file as well; another namespace is not affected', async (t) => {
  const { namespace } = await withSkyCluster();
  const other = await withSkyCluster();
  const limits = { 'services.loadbalancers': '1', 'services.nodeports': '0' };
  await makeQuota(namespace, limits, { 'services.loadbalancers': '1', 'services.nodeports': '0' });
  for (const mode of ['loadbalancer', 'nodeport']) {
    const file = join(cluster().temporaryFolder, `${namespace}-${mode}.yaml`);
    const live = await untilRefused(namespace, mode, '--save', file);
    t.is(live.code, 3);
    const pattern = new RegExp(
      `^${mode}: no, because ResourceQuota team-a refuses the dry run of Service skyports-check--\\S+ in namespace ${namespace} \\(a stand-in\\): .*exceeded quota: team-a, requested: `,
    );
    t.regex(live.text, pattern);
    t.regex(live.verdict.findings[0].message, /; 1 ResourceQuota: team-a \(.*services\.nodeports: 0 of 0/);
    const offline = await skyports(['doctor', '--mode', mode, '-f', file, '-o', 'json'], { kubeconfig: '' });
    t.is(JSON.parse(offline.stdout).summary.text, live.text);
    t.is(offline.code, 3);
    t.is((await diagnosed(other.namespace, '--mode', mode)).verdict.outcome, 'pass');
  }
  const ingress = await diagnosed(namespace, '--mode', 'ingress');
  t.is(ingress.verdict.outcome, 'pass', JSON.stringify(ingress.verdict));
});

test('each object alone fits a quota, all of them do not: doctor and expose add them up', async (t) => {
  const { namespace } = await withSkyCluster();
  await makeQuota(namespace, { 'count/services': '5' }, { 'count/services': '3' });
  const two = await diagnosed(namespace, 'train', '1', '2', '--mode', 'ingress');
  t.is(two.verdict.outcome, 'pass', JSON.stringify(two.verdict));
  const three = await diagnosed(namespace, 'train', '1', '2', '3', '--mode', 'ingress');
  t.is(three.verdict.outcome, 'fail');
  t.regex(three.text, /ResourceQuota team-a .* has no room .* \(count\/services: 3 of 5 used, 3 more requested\)/);
  const expose = (...args: string[]) =>
    skyports(['expose', 'train', ...args, '--mode', 'ingress', '--force', '--dry-run=server', '-n', namespace], {
      kubeconfig: three.user.kubeconfig,
    });
  const fits = await expose('1', '2');
  t.is(fits.code, 0, fits.stderr);
  const exceeds = await expose('1', '2', '3');
  t.is(exceeds.code, 1);
  t.is(exceeds.stdout, '');
  t.regex(
    exceeds.stderr,
    /error: each object is accepted alone, but ResourceQuota team-a in namespace \S+ has no room/,
  );
  t.deepEqual(await objectsIn(namespace), []);
});

test('expose names who refuses, with the words, in a dry run and in earnest', async (t) => {
  const { namespace } = await withSkyCluster();
  await makeQuota(namespace, { 'services.nodeports': '0' }, { 'services.nodeports': '0' });
  await untilRefused(namespace, 'nodeport');
  const user = await powerfulUser(namespace);
  for (const flags of [['--dry-run=server'], ['--wait=0']]) {
    const { code, stderr } = await skyports(['expose', 'train', '8888', '--mode', 'nodeport', ...flags], {
      kubeconfig: user.kubeconfig,
    });
    t.is(code, 1);
    t.regex(stderr, /error: .*forbidden: exceeded quota: team-a, requested: services\.nodeports=1/);
    t.regex(stderr, /\nrefused by ResourceQuota team-a\n/);
    t.true(stderr.includes(`kubectl describe -n ${namespace} resourcequota team-a`), stderr);
  }
  t.deepEqual(await objectsIn(namespace), []);
});

test('a ValidatingAdmissionPolicy against load balancers answers for itself', async (t) => {
  const { namespace } = await withSkyCluster();
  const name = `no-load-balancers-${namespace}`;
  await makeOfCluster(
    t,
    '/apis/admissionregistration.k8s.io/v1',
    {
      plural: 'validatingadmissionpolicies',
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['services'] },
          ],
        },
        validations: [
          { expression: "object.spec.type != 'LoadBalancer'", message: 'use the shared ingress controller' },
        ],
      },
    },
    {
      plural: 'validatingadmissionpolicybindings',
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
      },
    },
  );
  const { text, code, verdict } = await untilRefused(namespace, 'loadbalancer');
  t.is(code, 3);
  t.regex(
    text,
    new RegExp(
      `^loadbalancer: no, because ValidatingAdmissionPolicy ${name} refuses .*: use the shared ingress controller$`,
    ),
  );
  t.is(verdict.findings[0].cures.at(-1).command, `kubectl get -o yaml validatingadmissionpolicy ${name}`);
  t.is((await diagnosed(namespace, '--mode', 'nodeport')).verdict.outcome, 'pass');
});

/** A webhook on new Services of one namespace, whose program is not there. */
const webhook = (namespace: string, more: Json): Json => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  metadata: { name: `services-${namespace}` },
  webhooks: [
    {
      name: 'services.example.com',
      admissionReviewVersions: ['v1'],
      clientConfig: { service: { namespace, name: 'policies', path: '/' } },
      failurePolicy: 'Fail',
      timeoutSeconds: 30,
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['services'] }],
      ...more,
    },
  ],
});
const validating = { plural: 'validatingwebhookconfigurations', kind: 'ValidatingWebhookConfiguration' };
const mutating = { plural: 'mutatingwebhookconfigurations', kind: 'MutatingWebhookConfiguration' };
const admission = '/apis/admissionregistration.k8s.io/v1';

test('a webhook that does not answer refuses, with the configuration to look at', async (t) => {
  const { namespace } = await withSkyCluster();
  await makeOfCluster(t, admission, { ...validating, ...webhook(namespace, { sideEffects: 'None' }) });
  const { text, verdict } = await untilRefused(namespace, 'nodeport');
  t.regex(text, /^nodeport: no, because admission webhook services\.example\.com refuses .*failed calling webhook/);
  t.regex(JSON.stringify(verdict.findings[0]), new RegExp(`services-${namespace}`));
  // It is asked about Services alone.
  const ingress = await diagnosed(namespace, '--mode', 'ingress');
  t.regex(ingress.text, /refuses the dry run of Service skyports-check--skyports-svc--8888/);
  t.is(ingress.verdict.findings.length, 1);
});

test('without the rights to write nothing is tried; quotas are read, and a webhook that decides is named', async (t) => {
  const { namespace } = await withSkyCluster();
  await makeOfCluster(t, admission, { ...mutating, ...webhook(namespace, { sideEffects: 'None' }) });
  const user = await newUser(namespace, {
    clusterRules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] }],
  });
  const read = async () => {
    const { code, stdout } = await skyports(['doctor', '--mode', 'nodeport', '-o', 'json'], {
      kubeconfig: user.kubeconfig,
    });
    const { checks } = JSON.parse(stdout);
    return { code, verdict: checks.find(({ id }: Json) => id === 'writes-accepted') };
  };
  const named = await read();
  t.is(named.code, 3, 'the permissions are missing');
  t.is(named.verdict.outcome, 'unknown');
  t.regex(
    named.verdict.reason,
    /^admission webhook services\.example\.com \(MutatingWebhookConfiguration \S+\) decides on Services, and a dry run needs the permissions/,
  );
  await makeQuota(namespace, { 'services.nodeports': '0' }, { 'services.nodeports': '0' });
  t.regex((await read()).verdict.findings[0].message, /^ResourceQuota team-a in namespace \S+ has no room/);
  const requests = await requestsOf(user.name);
  t.deepEqual(
    requests.filter(({ verb }) => verb === 'patch'),
    [],
  );
});

test('the whole context is asked about: the stand-in, and the rights, are of the namespace of the context', async (t) => {
  const { namespace } = await withSkyCluster();
  const everywhere = [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }];
  const user = await newUser(namespace, {
    clusterRules: everywhere,
    rules: [{ apiGroups: ['', 'networking.k8s.io'], resources: ['services', 'ingresses'], verbs: ['*'] }],
  });
  const { stdout, stderr } = await skyports(['doctor', '--mode', 'nodeport', '-o', 'json'], {
    kubeconfig: user.kubeconfig,
  });
  const { metadata, checks } = JSON.parse(stdout);
  t.is(metadata.namespace, null, stderr);
  const outcomes = Object.fromEntries(checks.map(({ id, outcome }: Json) => [id, outcome]));
  t.like(outcomes, { permissions: 'pass', 'writes-accepted': 'pass' });
  const tried = (await requestsOf(user.name)).filter(({ verb }) => verb === 'patch');
  t.true(tried.length > 0 && tried.every((each) => each.namespace === namespace));
});
