import test from 'ava';
import { allChecks } from '../../src/doctor/all-checks.ts';
import { possibleModes } from '../../src/doctor/possible-modes.ts';
import { diagnosisOfScenario, documentsOf, scenarioNamed, snapshotOfScenario } from '../helpers/scenario.ts';

/** `mode: answer` for each mode of a scenario of the book. */
function answers(scenario: string): Record<string, string> {
  const modes = possibleModes(allChecks, snapshotOfScenario(scenarioNamed(scenario)));
  return Object.fromEntries(modes.map(({ mode, possible, reason }) => [mode, `${possible} ${reason}`.trim()]));
}

for (const [scenario, mode, answer] of [
  ['healthy-ingress', 'ingress', /^yes$/],
  ['preflight-ingress-healthy', 'ingress', /^yes$/],
  ['preflight-ingress-no-class', 'ingress', /^no IngressClass nginx does not exist/],
  ['preflight-ingress-class-of-traefik', 'ingress', /^no IngressClass nginx belongs to Traefik/],
  ['ingress-no-external-ip', 'ingress', /^no Service \S+ is of type NodePort and has no external address/],
  ['controller-rke2', 'ingress', /^no the ingress controller of RKE2 has no Service/],
  ['controller-publishes-loopback-with-signpost', 'ingress', /^yes$/],
  ['ingress-few-permissions', 'ingress', /^cannot tell ingressclasses may not be listed$/],
  ['healthy-loadbalancer', 'loadbalancer', /^yes another Service here has an address$/],
  ['preflight-loadbalancer-of-an-unknown-giver', 'loadbalancer', /^yes another Service here has an address$/],
  ['load-balancer-silent', 'loadbalancer', /^cannot tell no load balancer here has an address yet$/],
  ['preflight-without-create', 'loadbalancer', /^no you may not create/],
  ['preflight-without-create', 'nodeport', /^no you may not create/],
  ['healthy-nodeport', 'nodeport', /^yes$/],
  ['preflight-quota-of-load-balancers', 'loadbalancer', /^no ResourceQuota team-a in namespace default has no room/],
  ['preflight-quota-of-load-balancers', 'nodeport', /^no ResourceQuota team-a .* \(services\.nodeports: 0 of 0 used\)/],
  ['preflight-quota-of-load-balancers', 'podip', /^yes/],
  ['kubectl-quota-of-load-balancers', 'nodeport', /^no ResourceQuota team-a/],
  ['preflight-quota-of-one-namespace', 'nodeport', /^yes$/],
  [
    'preflight-webhook-decides',
    'nodeport',
    /^cannot tell admission webhook validation\.gatekeeper\.sh .* decides on Services/,
  ],
  [
    'preflight-dry-run-refused-by-policy',
    'loadbalancer',
    /^no ValidatingAdmissionPolicy no-load-balancers\.example\.com/,
  ],
  ['preflight-dry-run-refused-by-policy', 'nodeport', /^yes$/],
  ['healthy-nodeport-one-namespace', 'nodeport', /^cannot tell nodes may not be seen$/],
  ['healthy-podip', 'podip', /^yes for callers that reach the Pod network$/],
] as const) {
  test(`${scenario}: ${mode}`, (t) => {
    t.regex(answers(scenario)[mode] ?? '', answer);
  });
}

test('faults of SkyPilot clusters do not count: only what every port would need', (t) => {
  t.deepEqual(answers('head-evicted'), answers('healthy-loadbalancer'));
});

test('node ports are not offered where every node is of AWS Fargate', async (t) => {
  const text = scenarioNamed('load-balancer-silent').text;
  const { topics, ...rest } = JSON.parse(JSON.stringify(documentsOf({ text })[0]));
  for (const { metadata } of topics.nodes.items) metadata.labels = { 'eks.amazonaws.com/compute-type': 'fargate' };
  const fargate = JSON.stringify({ ...rest, topics });
  const modes = possibleModes(allChecks, snapshotOfScenario({ text: fargate }));
  t.is(modes.find(({ mode }) => mode === 'nodeport')?.possible, 'no');
  const cures = async (dump: string) => {
    const { diagnosis } = await diagnosisOfScenario({ name: 'fargate', text: dump, arguments: ['train'] });
    return diagnosis.checks
      .flatMap(({ findings }) => findings.flatMap((each) => each.cures))
      .map(({ command }) => `${command}`);
  };
  t.true((await cures(text)).some((command) => command.includes('--mode nodeport')));
  t.false((await cures(fargate)).some((command) => command.includes('--mode nodeport')));
});
