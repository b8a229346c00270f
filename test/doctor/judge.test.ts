import test from 'ava';
import type { Subject } from '../../src/doctor/check-context.ts';
import { type Check, defineCheck, type Severity } from '../../src/doctor/define-check.ts';
import { diagnosisOf } from '../../src/doctor/diagnosis.ts';
import { allClusters, type Finding } from '../../src/doctor/finding.ts';
import { judge, outcomeOf, rootCausesOf, type Selection } from '../../src/doctor/judge.ts';
import { type End, endOf } from '../../src/doctor/summary.ts';
import { command, cure } from '../../src/errors/cure.ts';
import { type Snapshot, snapshotOf } from '../../src/snapshot/snapshot.ts';
import type { Topic } from '../../src/snapshot/topics.ts';
import { forbidden, seen } from '../helpers/look.ts';
import { diagnose, scenarioNamed } from '../helpers/scenario.ts';
import { skyNames, skyPod } from '../helpers/skypilot-objects.ts';

const everyone: Subject = { skyCluster: undefined, ports: undefined, mode: undefined };
const all: Selection = { only: undefined, skip: [] };
const pod = skyPod(skyNames('default', 'train'));
const reference = { kind: 'Pod', namespace: 'default', name: pod.metadata!.name! };

function look(topics: Partial<Snapshot['topics']> = {}): Snapshot {
  return snapshotOf(
    { context: 'prod', namespace: 'default', takenAt: '2026-11-24T12:00:00.000Z' },
    { pods: seen([pod]), services: seen([]), ...topics },
  );
}

interface CheckOptions {
  readonly severity?: Severity;
  readonly after?: readonly string[];
  readonly needs?: readonly Topic[];
  /** What the findings are about, one each; none passes. */
  readonly about?: readonly (readonly string[])[];
  readonly findingSeverity?: Severity;
  readonly notApplicable?: string;
}

function check(id: string, options: CheckOptions = {}): Check {
  const { severity = 'error', after = [], needs = [], about = [], findingSeverity, notApplicable } = options;
  return defineCheck({
    id,
    group: 'pods',
    onPath: true,
    title: `${id} is healthy`,
    severity,
    needs,
    after: after,
    docs: () => ({ means: 'Means.', matters: 'Matters.', fix: 'Fix.', sources: ['none'] }),
    ...(notApplicable !== undefined && { notApplicable: () => notApplicable }),
    ...(findingSeverity && { severityOf: () => findingSeverity }),
    find: (): Finding[] => about.map((each) => ({ about: each, objects: [reference], evidence: [] })),
    say: () => `${id} is broken`,
    cures: () => [cure(command`kubectl get pods`)],
  });
}

const outcomes = (checks: readonly Check[], snapshot = look(), selection = all) =>
  judge(checks, snapshot, everyone, selection).map(({ check: { id }, outcome, reason }) =>
    [id, outcome, reason].filter((each) => each !== null).join(' '),
  );

const train = ['default/train-2ea485ef'];
const serve = ['default/serve-2ea485ef'];

test('what follows from a failure about the same cluster is skipped because of it', (t) => {
  const checks = [check('a', { about: [train] }), check('b', { after: ['a'], about: [train] })];
  t.deepEqual(outcomes(checks), ['a fail', 'b skipped because of a']);
  t.deepEqual(rootCausesOf(judge(checks, look(), everyone, all)), ['a']);
});

test('a failure about another cluster is a root cause of its own, in order', (t) => {
  const checks = [check('a', { about: [train] }), check('b', { after: ['a'], about: [serve, train] })];
  t.deepEqual(outcomes(checks), ['a fail', 'b fail']);
  const verdicts = judge(checks, look(), everyone, all);
  t.deepEqual(rootCausesOf(verdicts), ['a', 'b']);
  t.is(verdicts[1]!.findings.length, 1, 'the finding about train is a consequence');
});

test('a failure about everything makes all that hangs on it moot, seen or not', (t) => {
  const checks = [check('a', { about: [allClusters] }), check('b', { after: ['a'], needs: ['events'] }), check('c')];
  t.deepEqual(outcomes(checks), ['a fail', 'b skipped because of a', 'c pass']);
});

test('a check that passes now, and one that hangs on nothing, stay as they are', (t) => {
  const checks = [check('a', { about: [train] }), check('b', { after: ['a'] }), check('c', { about: [train] })];
  t.deepEqual(outcomes(checks), ['a fail', 'b pass', 'c fail']);
});

test('what is only worth knowing makes nothing moot', (t) => {
  const checks = [check('a', { severity: 'info', about: [train] }), check('b', { after: ['a'], about: [train] })];
  t.deepEqual(outcomes(checks), ['a fail', 'b fail']);
});

for (const [reason, says] of [
  ['forbidden', /events in namespace default may not be listed$/],
  ['not-collected', /are not in the dump/],
  ['timed-out', /events in namespace default: too late/],
  ['not-served', /too late/],
  ['failed', /too late/],
] as const) {
  test(`a topic that is ${reason} makes a check unknown, and never a pass`, (t) => {
    const snapshot = look({ events: { observed: false, reason, message: 'too late' } });
    const [verdict] = judge([check('a', { needs: ['pods', 'events'] })], snapshot, everyone, all);
    t.is(verdict!.outcome, 'unknown');
    t.regex(verdict!.reason!, says);
    t.is(outcomeOf([verdict!]), 'unknown');
    const commands = verdict!.cures.map((each): string | null => each.command);
    t.deepEqual(commands, reason === 'forbidden' ? ['kubectl auth can-i list events -n default'] : []);
  });
}

test('only what is unknown and of severity error makes the whole unknown; problems beat it', (t) => {
  const snapshot = look({ events: forbidden('events') });
  const outcomeWith = (...checks: Check[]) => outcomeOf(judge(checks, snapshot, everyone, all));
  const unknown = check('a', { needs: ['events'] });
  t.is(outcomeWith(check('a', { needs: ['events'], severity: 'warning' })), 'healthy');
  t.is(outcomeWith(unknown), 'unknown');
  t.is(outcomeWith(unknown, check('b', { about: [train] })), 'problems');
});

test('warnings are root causes only without errors, and info never', (t) => {
  const rootsWith = (...checks: Check[]) => rootCausesOf(judge(checks, look(), everyone, all));
  const error = check('e', { about: [train] });
  const warning = check('w', { severity: 'warning', about: [train] });
  const info = check('i', { severity: 'info', about: [train] });
  t.deepEqual(rootsWith(info, warning, error), ['e']);
  t.deepEqual(rootsWith(info, warning), ['w']);
  t.deepEqual(rootsWith(info), []);
  t.is(outcomeOf(judge([info, warning], look(), everyone, all)), 'healthy');
});

test('a finding may be of another severity than its check', (t) => {
  const verdicts = judge([check('a', { about: [train], findingSeverity: 'warning' })], look(), everyone, all);
  t.is(outcomeOf(verdicts), 'healthy');
  const [shown] = diagnosisOf(look(), everyone, [], verdicts, {
    summary: { state: 'ok', text: 'OK' },
    answers: [],
  }).checks;
  t.is(shown!.severity, 'warning');
});

test('--only and --skip take ids and groups; what was not asked for does not touch the outcome', (t) => {
  const checks = [check('a', { about: [train] }), check('b', { after: ['a'], about: [train] })];
  t.deepEqual(outcomes(checks, look(), { only: ['b'], skip: [] }), ['a skipped not asked for', 'b fail']);
  t.deepEqual(outcomes(checks, look(), { only: undefined, skip: ['a'] }), ['a skipped not asked for', 'b fail']);
  t.deepEqual(outcomes(checks, look(), { only: ['pods'], skip: ['b'] }), ['a fail', 'b skipped not asked for']);
  t.is(outcomeOf(judge(checks, look(), everyone, { only: undefined, skip: ['pods'] })), 'healthy');
});

test('a check that does not apply says why, and its topics may be unseen', (t) => {
  t.deepEqual(outcomes([check('a', { notApplicable: 'no ports', about: [train] })]), ['a skipped no ports']);
});

test('skyports/ignore on a Pod does not silence a finding about the Service of the same name', (t) => {
  const ignoring = structuredClone(pod);
  ignoring.metadata!.annotations = { 'skyports/ignore': 'a' };
  const services = seen([{ metadata: { ...ignoring.metadata } }]);
  const pods = seen([pod]);
  t.deepEqual(outcomes([check('a', { about: [train] })], look({ pods, services })), ['a fail']);
  t.deepEqual(outcomes([check('a', { about: [train] })], look({ pods: seen([ignoring]) })), ['a pass']);
});

test('skyports/ignore on an object silences the findings it names, which are counted', (t) => {
  const ignoring = structuredClone(pod);
  ignoring.metadata!.annotations = { ...ignoring.metadata!.annotations, 'skyports/ignore': 'other, a' };
  const checks = [
    check('a', { about: [train] }),
    check('b', { after: ['a'], about: [train] }),
    check('c', { about: [train] }),
  ];
  const verdicts = judge(checks, look({ pods: seen([ignoring]) }), everyone, all);
  t.deepEqual(
    verdicts.map(({ outcome, ignored }) => [outcome, ignored]),
    [
      ['pass', 1],
      ['skipped', 0],
      ['fail', 0],
    ],
  );
});

const failing = (severity: Severity) => judge([check('a', { severity, about: [train] })], look(), everyone, all);
const passing = judge([check('a')], look(), everyone, all);
const states = [
  'ok',
  'reachable',
  'partial',
  'no-port',
  'not-reachable',
  'pending',
  'cannot-tell',
  'yes',
  'no',
] as const;
type State = (typeof states)[number];

for (const [failOn, what, verdicts, waited, ends] of [
  ['error', 'an error', failing('error'), false, { 'not-reachable': 'problems', no: 'problems' }],
  ['error', 'a warning', failing('warning'), false, { 'not-reachable': 'problems', no: 'problems' }],
  ['warning', 'no failure', passing, false, { 'not-reachable': 'problems', no: 'problems' }],
  ['warning', 'an info', failing('info'), false, { 'not-reachable': 'problems', no: 'problems' }],
  ['warning', 'a warning', failing('warning'), false, Object.fromEntries(states.map((state) => [state, 'problems']))],
  ['error', 'a wait', passing, true, { 'not-reachable': 'problems', no: 'problems', pending: 'problems' }],
  ['never', 'a wait and a warning', failing('warning'), true, {}],
  ['never', 'an error', failing('error'), false, {}],
] as const) {
  test(`--fail-on=${failOn} with ${what}: how each state ends`, (t) => {
    for (const state of states) {
      const otherwise = state === 'cannot-tell' ? 'uncertain' : 'fine';
      const end = (ends as Partial<Record<State, End>>)[state] ?? otherwise;
      t.is(endOf(verdicts, { state, text: '' }, { failOn, waited }), end, state);
    }
  });
}

test('the exit code is the same in every format, and --fail-on does not change the outcome', async (t) => {
  const formats = ['table', 'wide', 'short', 'json', 'yaml', 'tree', 'markdown', 'html'];
  const scenario = scenarioNamed('probe-app-error');
  const runs = await Promise.all(formats.map((format) => diagnose(scenario, '-o', format, '--fail-on=warning')));
  t.deepEqual(
    runs.map(({ code }) => code),
    formats.map(() => 3),
  );
  const plain = await diagnose(scenario, '-o', 'json');
  t.is(plain.code, 0);
  t.is(JSON.parse(runs[3]!.stdout).outcome, JSON.parse(plain.stdout).outcome);
});

test('the line before the summary names the root causes, and counts what was ignored and unknown', async (t) => {
  const lastLine = async (name: string) => (await diagnose(scenarioNamed(name))).stdout.trimEnd().split('\n').at(-2);
  t.is(
    await lastLine('two-faults-in-two-clusters'),
    'root causes: head-pod-running, load-balancer-address. 2 errors, 0 warnings, 1 unknown.',
  );
  t.regex(
    (await lastLine('load-balancer-ignored'))!,
    /^no root cause\. 0 errors, 0 warnings, 1 ignored by annotation\.$/,
  );
  t.regex((await lastLine('kubectl-pods-only'))!, /\d+ unknown\.$/);
});

test('what was not seen has one line, with the number of checks that lack it', async (t) => {
  const { stdout } = await diagnose(scenarioNamed('pods-and-services-forbidden'));
  const lines = stdout.split('\n').filter((line) => /may not be listed$/.test(line) && line.startsWith('?'));
  const topics = lines.map((line) => /unknown: (\w+) in /.exec(line)?.[1]);
  t.true(topics.includes('pods') && topics.includes('services'), stdout);
  t.is(new Set(topics).size, topics.length, stdout);
  t.is(stdout.match(/can-i list services -n/g)?.length, 1, stdout);
});
