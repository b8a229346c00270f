import test from 'ava';
import { diagnosisOfScenario, scenarioNamed } from '../helpers/scenario.ts';

/** Who refuses, and the commands that are offered, in their order. */
for (const [name, says, commands] of [
  [
    'preflight-quota-of-load-balancers',
    /^ResourceQuota team-a .* \(services\.loadbalancers: 1 of 1 used; services\.nodeports: 0 of 0 used\)/,
    ['delete what is not needed, or ask an administrator to raise it'],
  ],
  [
    'kubectl-quota-of-load-balancers',
    /^ResourceQuota team-a in namespace default has no room/,
    [
      'kubectl skyports doctor -n default --mode ingress',
      'delete what is not needed, or ask an administrator to raise it',
    ],
  ],
  [
    'preflight-quota-for-all-ports',
    /no room for the Services and Ingresses .* \(count\/services: 4 of 5 used, 2 more requested\)/,
    [
      'kubectl skyports doctor train -n default --mode loadbalancer',
      'delete what is not needed, or ask an administrator to raise it',
    ],
  ],
  [
    'preflight-dry-run-refused-by-cluster-quota',
    /^ClusterResourceQuota team-a refuses the dry run of Service skyports-check--skyports-lb .* \(a stand-in\): /,
    [
      'kubectl skyports doctor -n default --mode nodeport',
      'kubectl get -n default -o yaml appliedclusterresourcequotas team-a',
    ],
  ],
  [
    'preflight-dry-run-refused-by-policy',
    /^ValidatingAdmissionPolicy no-load-balancers\.example\.com .* denied request: use the shared ingress controller$/,
    [
      'kubectl skyports doctor train -n default --mode nodeport',
      'kubectl get -o yaml validatingadmissionpolicy no-load-balancers.example.com',
    ],
  ],
  [
    'preflight-dry-run-refused-by-webhook',
    /Service skyports-check--skyports-svc--8888 .* and of 1 more object: .* require-owner: owner: 'validation error/,
    [
      'kubectl skyports doctor -n default --mode loadbalancer',
      'kubectl get clusterpolicies.kyverno.io,policies.kyverno.io -A',
    ],
  ],
  [
    'preflight-dry-run-webhook-gone',
    /^admission webhook validation\.gatekeeper\.sh refuses .* no endpoints available/,
    ['kubectl delete validatingwebhookconfiguration gatekeeper-validating-webhook-configuration --interactive'],
  ],
] as const) {
  test(`${name}: who refuses, and what to do`, async (t) => {
    const { diagnosis } = await diagnosisOfScenario(scenarioNamed(name));
    const found = diagnosis.checks.find(({ id }) => id === 'writes-accepted')!.findings;
    t.is(found.length, 1);
    t.regex(found[0]!.message, says);
    t.deepEqual(
      found[0]!.cures.map(({ command, note }) => command ?? note),
      [...commands],
    );
  });
}

test('what is unknown names the webhook and its configuration, and how to ask', async (t) => {
  const { diagnosis } = await diagnosisOfScenario(scenarioNamed('preflight-webhook-decides'));
  const { reason, cures } = diagnosis.checks.find(({ id }) => id === 'writes-accepted')!;
  t.is(
    reason,
    'admission webhook validation.gatekeeper.sh (ValidatingWebhookConfiguration gatekeeper-validating-webhook-configuration) decides on Services, and no dry run was made',
  );
  t.deepEqual(
    cures.map(({ command }) => String(command)),
    ['kubectl skyports doctor -n default --mode nodeport'],
  );
  t.is(diagnosis.summary.text, `nodeport: cannot tell, because ${reason}`);
});

test('a file with neither dry runs nor quotas does not pass the check', async (t) => {
  const { diagnosis } = await diagnosisOfScenario(scenarioNamed('preflight-quota-not-collected'));
  const { outcome, reason } = diagnosis.checks.find(({ id }) => id === 'writes-accepted')!;
  t.deepEqual([outcome, reason], ['skipped', 'the file has neither dry runs nor ResourceQuotas']);
});
