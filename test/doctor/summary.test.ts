import test from 'ava';
import { allChecks } from '../../src/doctor/all-checks.ts';
import { rootCausesOf } from '../../src/doctor/judge.ts';
import { possibleModes } from '../../src/doctor/possible-modes.ts';
import type { PossibleMode } from '../../src/modes/port-mode.ts';
import { allScenarios, diagnose, diagnosisOfScenario, scenarioNamed, snapshotOfScenario } from '../helpers/scenario.ts';

const scenarios = allScenarios();

/** Scenario, state, its last line, exit code. */
const lines = [
  ['probe-healthy', 'ok', /^OK: http:\/\/203\.0\.113\.80:8888 answers 200$/, 0],
  ['probe-healthy-not-found', 'ok', /answers 404; the app answers, and the path may be wrong$/, 0],
  ['probe-healthy-other-protocol', 'ok', /^OK: \S+ takes connections$/, 0],
  ['healthy-loadbalancer', 'ok', /^OK, not called \(--probe=false\)$/, 0],
  ['healthy-serve-controller', 'ok', /^OK: http:\/\/203\.0\.113\.90:30001 answers 200$/, 0],
  ['healthy-serve-controller-no-service', 'ok', /^OK: no service of SkyServe uses /, 0],
  ['healthy-serve-controller-podip', 'ok', /^OK, not called/, 0],
  ['serve-port-unused', 'pending', /^Not reachable yet: port 30002 of \S+: opened in advance by SkyServe$/, 0],
  ['serve-no-replica', 'not-reachable', /^Not reachable: SkyServe's load balancer answers .* with 503/, 3],
  ['serve-ports-silent', 'cannot-tell', /^Cannot tell: 203\.0\.113\.90:30001 does not answer a connection/, 4],
  ['host-network-two-heads', 'not-reachable', /^Not reachable: Pod train-2ea485ef-head .*\(hostNetwork\)/, 3],
  ['no-port-open', 'no-port', /^No port is open on train$/, 0],
  ['probe-app-error', 'reachable', /^Reachable, 1 warning$/, 0],
  ['tailscale-healthy', 'ok', /^OK, not called \(--probe=false\)$/, 0],
  ['nginx-vulnerable', 'ok', /^OK, not called \(--probe=false\), 1 warning$/, 0],
  ['head-evicted', 'not-reachable', /^Not reachable: Pod train-2ea485ef-head, .* was evicted/, 3],
  [
    'probe-host-not-in-dns',
    'not-reachable',
    /^Not reachable: train\.example\.com, the host of port 8888, is not in DNS$/,
    3,
  ],
  ['two-faults-in-two-clusters', 'not-reachable', /^2 of 2 ports are not reachable: Pod train-2ea485ef-head/, 3],
  [
    'load-balancer-in-progress',
    'pending',
    /^Not reachable yet: Service \S+ has no external address yet: in progress/,
    0,
  ],
  ['probe-name-in-progress', 'pending', /^Not reachable yet: a1b2\.elb\.example\.com, .* is not in DNS$/, 0],
  [
    'probe-controller-not-loaded',
    'pending',
    /^Not reachable yet: ingress-nginx .* with 404: .*may not have loaded the rule yet$/,
    0,
  ],
  ['pods-and-services-forbidden', 'cannot-tell', /^Cannot tell: pods in namespace default may not be listed$/, 4],
  ['api-server-unreachable', 'cannot-tell', /^Cannot tell: the API server gave no usable answer/, 4],
  ['probe-private-no-answer', 'cannot-tell', /^Cannot tell: .*; the address is private$/, 4],
  ['probe-name-private-no-answer', 'cannot-tell', /^Cannot tell: .*; the address is private$/, 4],
  ['probe-controller-silent', 'cannot-tell', /^Cannot tell: the controller at \S+ accepts a call/, 4],
  ['preflight-quota-with-room', 'yes', /^nodeport: yes$/, 0],
  ['preflight-quota-not-collected', 'yes', /^nodeport: yes, but cannot tell about quotas, because the file has no /, 0],
  ['preflight-ingress-no-class', 'no', /^ingress: no, because IngressClass nginx /, 3],
  ['preflight-loadbalancer-on-kind', 'cannot-tell', /^loadbalancer: cannot tell, because nothing .* \(kind\)$/, 4],
] as const;
for (const [name, state, text, exit] of lines) {
  test(`${name}: ${state}`, async (t) => {
    const { code, diagnosis } = await diagnosisOfScenario(scenarioNamed(name));
    t.is(diagnosis.summary.state, state);
    t.regex(diagnosis.summary.text, text);
    t.is(code, exit);
    const { stdout } = await diagnose(scenarioNamed(name));
    t.is(stdout.trimEnd().split('\n').at(-1), diagnosis.summary.text);
  });
}

for (const [name, flags, state, text] of [
  [
    'healthy-loadbalancer',
    ['--only', 'api-server-answers'],
    'partial',
    /^No problem in the 1 check that was asked for; /,
  ],
  [
    'healthy-loadbalancer',
    ['--skip', 'pods'],
    'partial',
    /^No problem in the \d\d checks that were asked for; [1-9]\d? /,
  ],
  [
    'nginx-vulnerable',
    ['--only', 'ingress-nginx-version'],
    'partial',
    /^1 warning in the 1 check .* \d\d others were not run$/,
  ],
  ['head-evicted', ['--only', 'head-pod-running'], 'not-reachable', /^Not reachable: Pod .* was evicted/],
  ['probe-healthy', ['--only', 'api-server-answers'], 'ok', /^OK: \S+ answers 200$/],
  ['api-server-unreachable', ['--skip', 'pods'], 'cannot-tell', /^Cannot tell: /],
] as const) {
  test(`${name} ${flags.join(' ')}: ${state}`, async (t) => {
    const scenario = scenarioNamed(name);
    const { diagnosis } = await diagnosisOfScenario({ ...scenario, arguments: [...scenario.arguments, ...flags] });
    t.is(diagnosis.summary.state, state);
    t.regex(diagnosis.summary.text, text);
  });
}

test('no port is open on any SkyPilot cluster of a context', async (t) => {
  const { diagnosis } = await diagnosisOfScenario({ ...scenarioNamed('no-port-open'), arguments: [] });
  t.deepEqual(diagnosis.summary, { state: 'no-port', text: 'No port is open on any SkyPilot cluster' });
});

test('a port that answers is in the document, with its status', async (t) => {
  const { diagnosis } = await diagnosisOfScenario(scenarioNamed('probe-healthy'));
  t.deepEqual(diagnosis.answers, [
    {
      url: 'http://203.0.113.80:8888',
      outcome: 'answered',
      status: 200,
      from: null,
      tookMs: null,
      text: '200',
      why: null,
    },
  ]);
});

const offPath = [
  'address-scope',
  'external-ip-annotation-effective',
  'ingress-nginx-defaults',
  'ingress-nginx-retired',
  'ingress-nginx-version',
  'ingress-regex-neighbours',
  'kind-context-forces-ingress',
  'load-balancer-scheme',
  'no-orphans',
  'open-to-the-world',
  'podip-reachable',
  'ports-closed-in-time',
  'sky-can-add-ports',
  'sky-config-matches-objects',
  'sky-config-port-mode',
];

test('a check beside the packet’s path is a warning at most, and never a root cause', async (t) => {
  t.deepEqual(allChecks.flatMap(({ id, onPath }) => (onPath ? [] : [id])).sort(), offPath);
  for (const { id, onPath, severity } of allChecks) t.true(onPath || severity !== 'error', id);
  const found = new Set<string>();
  for (const scenario of scenarios) {
    const { diagnosis } = await diagnosisOfScenario(scenario);
    for (const check of diagnosis.checks.filter(({ id }) => offPath.includes(id))) {
      if (check.outcome !== 'fail') continue;
      found.add(check.id);
      t.not(check.severity, 'error', `${scenario.name}: ${check.id}`);
    }
    t.deepEqual(
      diagnosis.rootCauses.filter((id) => offPath.includes(id)),
      [],
      scenario.name,
    );
  }
  t.deepEqual([...found].sort(), offPath, 'each of them fails somewhere in the book');
});

for (const check of allChecks) {
  test(`${check.id}: is a root cause only on the path`, (t) => {
    const finding = {
      severity: 'warning',
      about: ['*'],
      message: '',
      cures: [],
      fix: undefined,
      objects: [],
      evidence: [],
    } as const;
    const verdict = {
      check,
      outcome: 'fail',
      reason: null,
      consequenceOf: null,
      cures: [],
      findings: [finding],
      consequences: [],
      unseen: [],
      ignored: 0,
    } as const;
    t.deepEqual(rootCausesOf([verdict]), check.onPath ? [check.id] : []);
  });
}

test('doctor and doctor --mode agree on what could be opened', async (t) => {
  // One scenario for each list of answers: many clusters of the book are alike in this.
  const byAnswers = new Map<string, (typeof scenarios)[number]>();
  for (const scenario of scenarios.filter(({ name }) => !name.startsWith('kubectl-'))) {
    byAnswers.set(JSON.stringify(possibleModes(allChecks, snapshotOfScenario(scenario))), scenario);
  }
  t.true(byAnswers.size > 20, `${byAnswers.size}`);
  for (const [answers, scenario] of byAnswers) {
    for (const { mode, possible: answer, reason } of JSON.parse(answers) as PossibleMode[]) {
      const { stdout } = await diagnose({ ...scenario, arguments: ['--mode', mode] }, '-o', 'short');
      const said = stdout
        .trimEnd()
        .split('\n')
        .at(-1)!
        .replace(/^(\w+: yes), but cannot tell about quotas, .*$/, '$1');
      t.is(said, answer === 'yes' ? `${mode}: yes` : `${mode}: ${answer}, because ${reason}`, scenario.name);
    }
  }
});
