import { existsSync } from 'node:fs';
import test from 'ava';
import { allChecks } from '../../src/doctor/all-checks.ts';
import { planFixes } from '../../src/doctor/fix/plan-fix.ts';
import { judge } from '../../src/doctor/judge.ts';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import { findPrograms } from '../cluster/binaries.ts';
import { clusterVariable } from '../cluster/cluster-description.ts';
import { type RunningCluster, startCluster } from '../cluster/start.ts';
import { admin, type Json, newUser, requestsOf, until } from '../helpers/cluster.ts';
import { type LiveScenario, liveScenario, makeScenario, skyConfigOf } from '../helpers/live-scenario.ts';
import { type RunOptions, skyports, slowly } from '../helpers/run-skyports.ts';
import { allScenarios, diagnosisOfScenario, type Scenario, snapshotOfScenario } from '../helpers/scenario.ts';

let running: RunningCluster;
test.before(async () => {
  running = await startCluster(await findPrograms());
  process.env[clusterVariable] = running.descriptionFile;
});
test.after.always(() => running?.stop());

/** Every scenario of the book of which something can be fixed, and what. */
const fixable = allScenarios()
  .map((scenario) => ({ scenario, fixes: fixesOf(scenario) }))
  .filter(({ fixes }) => fixes.length > 0);

function fixesOf(scenario: Scenario): readonly string[] {
  const snapshot = snapshotOfScenario(scenario);
  const subject = { skyCluster: undefined, ports: undefined, mode: undefined };
  const verdicts = judge(allChecks, snapshot, subject, { only: undefined, skip: [] });
  return planFixes(verdicts, indexSnapshot(snapshot)).fixes;
}

/** Root causes that --fix does not touch: they stay. */
const leftOver: Readonly<Record<string, readonly string[]>> = {
  'external-ips-and-annotation': ['sky-prints-usable'],
};

/** The first cure where the test's cluster is not the book's: it has no MetalLB, so no pool is missing. */
const curesHere: Readonly<Record<string, readonly string[]>> = {
  'ingress-external-ip-metallb-no-pool': ['kubectl skyports annotate 203.0.113.11'],
};

const collections = [
  '/api/v1/services',
  '/api/v1/pods',
  '/api/v1/nodes',
  '/api/v1/namespaces',
  '/api/v1/configmaps',
  '/api/v1/secrets',
  '/api/v1/serviceaccounts',
  '/apis/apps/v1/deployments',
  '/apis/networking.k8s.io/v1/ingresses',
  '/apis/networking.k8s.io/v1/ingressclasses',
  '/apis/networking.k8s.io/v1/networkpolicies',
  '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  '/apis/rbac.authorization.k8s.io/v1/roles',
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
];

/** Every object that is not a controller's own bookkeeping, with its version. */
async function everyObject(): Promise<Map<string, Json>> {
  const lists = await Promise.all(collections.map((path) => admin('GET', path)));
  return new Map(
    lists.flatMap(({ kind, items }: Json) =>
      items.map((each: Json) => [
        `${kind.replace(/List$/, '')} ${each.metadata.namespace ?? ''}/${each.metadata.name}`,
        each,
      ]),
    ),
  );
}

const versionOf = (object: Json | undefined): string | undefined =>
  object && `${object.metadata.uid} ${object.metadata.resourceVersion}`;

function changedBetween(before: ReadonlyMap<string, Json>, after: ReadonlyMap<string, Json>): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => versionOf(before.get(name)) !== versionOf(after.get(name))).sort();
}

const threeHours = 3 * 3600;

/**
 * `doctor` as the admin, three hours later: what the book has is that old. Without the controllers' own warnings: a real
 * controller may warn at any moment, and later words have another age.
 */
function doctor(scenario: LiveScenario, args: readonly string[], options: RunOptions = {}) {
  const { namespace } = scenario.dump.metadata;
  const scope = namespace === null ? ['-A'] : ['-n', namespace];
  return skyports(['doctor', ...scope, ...scenario.args, '--skip', 'controller-warnings', '-o', 'json', ...args], {
    env: skyConfigOf(scenario),
    later: threeHours,
    ...options,
  });
}

const curesOf = ({ checks = [], rootCauses }: Json): string[] =>
  checks
    .filter(({ id }: Json) => rootCauses.includes(id))
    .flatMap(({ findings }: Json) => findings.map(({ cures }: Json) => cures[0]?.command));

async function untilDiagnosed(scenario: LiveScenario, rootCauses: readonly string[]): Promise<Json> {
  const inBook = (await diagnosisOfScenario({ ...scenario, arguments: scenario.args })).diagnosis;
  const wanted = curesHere[scenario.name] ?? curesOf(inBook);
  let diagnosis: Json;
  const isAsWanted = async () => {
    const { stdout, stderr } = await doctor(scenario, []);
    diagnosis = JSON.parse(stdout || JSON.stringify({ stderr }));
    const cures = JSON.stringify(curesOf(diagnosis)) === JSON.stringify(wanted);
    return cures && JSON.stringify(diagnosis.rootCauses) === JSON.stringify(rootCauses);
  };
  // EndpointSlices, on which some proposals rest, come a moment after their Services and Pods. The caller compares.
  await until('the diagnosis is as wanted', isAsWanted, { everyMs: 100 }).catch(() => {});
  return diagnosis;
}

/** What a repair made is in no scenario. */
async function removeOurs(): Promise<void> {
  const ours = 'labelSelector=app.kubernetes.io/managed-by%3Dkubectl-skyports';
  for (const path of ['/api/v1', '/apis/networking.k8s.io/v1']) {
    const plural = path === '/api/v1' ? 'services' : 'ingresses';
    // One request for all: garbage collection may delete an Ingress of a deleted Service first.
    await admin('DELETE', `${path}/namespaces/default/${plural}?${ours}`);
  }
}

test('the book has a scenario for each kind of repair', (t) => {
  const fixed = new Set(fixable.flatMap(({ fixes }) => fixes));
  t.deepEqual(
    [...fixed].sort(),
    allChecks
      .filter(({ fix }) => fix)
      .map(({ id }) => id)
      .sort(),
  );
});

for (const { scenario, fixes } of fixable) {
  test.serial(`${scenario.name}, made for real: fixed, nothing else changed, and once is enough`, async (t) => {
    const live = liveScenario(scenario.name);
    const remove = await makeScenario(live);
    t.teardown(() => remove().then(removeOurs));
    const broken = await untilDiagnosed(live, scenario.rootCauses);
    t.deepEqual(broken.rootCauses, scenario.rootCauses);
    const before = await everyObject();

    const refused = await doctor(live, ['--fix']);
    t.is(refused.code, 2);
    const rehearsed = await doctor(live, ['--fix', '--dry-run']);
    t.deepEqual(JSON.parse(rehearsed.stdout), broken);
    const declined = await doctor(live, ['--fix'], { answer: 'n' });
    t.regex(declined.stderr, /\n(?:Delete|Write|Change) \d [^\n]*\? \[y\/N\] nothing was changed\n$/);
    t.is(declined.stderr.slice(0, rehearsed.stderr.length), rehearsed.stderr);
    t.deepEqual(changedBetween(before, await everyObject()), [], 'shown, and not done');

    const { code, stdout, stderr } = await doctor(live, ['--fix', '-y'], { later: slowly(threeHours) });
    const after = await everyObject();
    const second: Json = JSON.parse(stdout);
    const rest = leftOver[scenario.name] ?? [];
    t.deepEqual(second.rootCauses, rest, stderr);
    if (rest.length === 0) t.is(second.outcome, 'healthy', stderr);
    t.is(code, rest.length === 0 ? 0 : scenario.exit);
    t.true(stderr.startsWith(`for ${fixes.join(', ')}:\n`), stderr);
    t.true(stderr.endsWith(`fixed: ${fixes.join(', ')}\n`), stderr);
    const shown = [...stderr.matchAll(/^(?:--- |will delete )(\S+ \S+)$/gm)].map(([, name]) => name!).sort();
    t.true(shown.length > 0);
    t.deepEqual(changedBetween(before, after), shown, 'what was shown, and nothing else');

    const again = await doctor(live, ['--fix', '-y']);
    t.is(again.code, code);
    t.deepEqual(JSON.parse(again.stdout), second);
    t.regex(again.stderr, rest.length === 0 ? /^nothing to fix\n$/ : /^--fix can change nothing here/);
    t.deepEqual(changedBetween(after, await everyObject()), [], 'the second time changes nothing');
  });
}

test.serial('of the object that is fixed, no other field changes', async (t) => {
  const live = liveScenario('own-service-selects-nobody');
  t.teardown(await makeScenario(live));
  await untilDiagnosed(live, ['service-selects-head']);
  const path = '/api/v1/namespaces/default/services/train-2ea485ef--skyports-lb';
  // Another user's selector and port, which they own now.
  const { ports } = (await admin('GET', path)).spec;
  const port = { name: 'mine', port: 9001, targetPort: 9001, protocol: 'TCP' };
  const changed = { selector: { app: 'mine' }, ports: [...ports, port] };
  await admin('PATCH', path, { metadata: { annotations: { 'example.com/mine': 'kept' } }, spec: changed });
  const before = await admin('GET', path);
  const { stderr } = await doctor(live, ['--fix', '-y']);
  const { metadata, spec, status } = await admin('GET', path);
  t.deepEqual(spec, { ...before.spec, selector: { component: 'train-2ea485ef-head' } }, stderr);
  t.deepEqual(status, before.status);
  t.deepEqual(metadata.annotations, before.metadata.annotations);
});

test.serial('who may not write is told so, and nothing changes', async (t) => {
  const live = liveScenario('ingress-no-external-ip');
  t.teardown(await makeScenario(live));
  const reader = await newUser('default', {
    clusterRules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['list', 'get'] }],
  });
  const before = await everyObject();
  const { code, stderr } = await doctor(live, ['--fix', '-y'], reader);
  t.is(code, 1);
  t.regex(stderr, /cannot patch resource "services"/);
  t.deepEqual(changedBetween(before, await everyObject()), []);
  t.deepEqual(
    (await requestsOf(reader.name)).filter(
      ({ verb, resource }) => ['create', 'update', 'delete'].includes(verb) && resource !== 'selfsubjectaccessreviews',
    ).length,
    0,
  );
});

test.serial('the fix is seen at once, although a check that only informs has a finding only now', async (t) => {
  const live = liveScenario('ingress-external-ip-all-namespaces');
  t.teardown(await makeScenario(live));
  const owner = await newUser('default', { clusterRules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }] });
  const args = ['doctor', '-A', ...live.args, '-o', 'json'];
  const outcomeOf = ({ stdout }: { readonly stdout: string }): string =>
    (JSON.parse(stdout) as Json).checks.find(({ id }: Json) => id === 'controller-warnings').outcome;
  t.is(outcomeOf(await skyports(args, { later: threeHours })), 'pass');
  const fixed = await skyports([...args, '--fix', '-y'], { ...owner, later: threeHours });
  t.is(outcomeOf(fixed), 'fail', fixed.stderr);
  const looks = (await requestsOf(owner.name)).filter(
    ({ verb, resource }) => verb === 'list' && resource === 'ingressclasses',
  );
  t.is(looks.length, 2, 'one before the fix and one after it');
});

test.serial('what cannot be fixed by itself is said, and changes nothing', async (t) => {
  const live = liveScenario('service-selects-nobody');
  t.teardown(await makeScenario(live));
  await untilDiagnosed(live, ['service-selects-head']);
  const before = await everyObject();
  const { code, stderr } = await doctor(live, ['--fix', '-y']);
  t.is(code, 3);
  t.is(stderr, '--fix can change nothing here; the diagnosis has the commands\n');
  const shown = await doctor(live, ['--fix', '-y', '-o', 'table']);
  t.is(shown.stderr, stderr, 'the diagnosis is printed once');
  t.deepEqual(changedBetween(before, await everyObject()), []);
});

for (const [args, says] of [
  [['--fix', '-f', 'x.yaml'], /-f checks a file, and --fix changes a cluster/],
  [['-y'], /-y only has an effect with --fix/],
  [['--dry-run'], /--dry-run only has an effect with --fix or --mode/],
  [['--mode', 'ingress', '--dry-run=client'], /--dry-run=client: the API server has to be asked whether it accepts/],
  [['--mode', 'ingress', '--dry-run', '-f', 'x.yaml'], /-f checks a file, and --dry-run asks a cluster/],
  [['--mode', 'ingress', '-y'], /-y only has an effect with --fix/],
  [['--fix', '--dry-run=client'], /--dry-run=client: the API server has to be asked/],
  [['--fix', '--mode', 'ingress', '-y'], /--mode checks a mode that may not be in use yet/],
  [['--fix'], /no terminal to ask on\n/],
] as const) {
  test(`doctor ${args.join(' ')}: refused`, async (t) => {
    const { code, stdout, stderr } = await skyports(['doctor', ...args], { kubeconfig: '' });
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, says);
    t.false(existsSync('x.yaml'));
  });
}

test.serial('paths of our Ingress that were restored by others are not lost: then a person decides', async (t) => {
  const live = liveScenario('own-ingress-backend-missing');
  const remove = await makeScenario(live);
  t.teardown(() => remove().then(removeOurs));
  await untilDiagnosed(live, ['ingress-backend-exists']);
  const path = '/apis/networking.k8s.io/v1/namespaces/default/ingresses/train-2ea485ef--skyports-ingress';
  const { metadata, spec } = await admin('GET', path);
  await admin('PUT', path, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { ...metadata, managedFields: [{}] },
    spec,
  });
  const before = await everyObject();
  const { code, stderr } = await doctor(live, ['--fix', '-y']);
  t.is(code, 3, stderr);
  t.regex(stderr, /^--fix can change nothing here/);
  t.deepEqual(changedBetween(before, await everyObject()), []);
});
