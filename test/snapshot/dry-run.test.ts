import test from 'ava';
import { isAboutPermission, refuserIn, refuserName, refusesDryRuns } from '../../src/snapshot/dry-run.ts';

/** Messages as a Status of Kubernetes has them, and who refuses. */
for (const [message, who] of [
  [
    'services "a" is forbidden: exceeded quota: team-a, requested: services=1, used: services=1, limited: services=1',
    'ResourceQuota team-a',
  ],
  ['services "a" is forbidden: status unknown for quota: team-a, resources: services', 'ResourceQuota team-a'],
  [
    `services "a" is forbidden: ValidatingAdmissionPolicy 'no-lb.example.com' with binding 'no-lb' denied request: no`,
    'ValidatingAdmissionPolicy no-lb.example.com',
  ],
  [`services "a" is forbidden: MutatingAdmissionPolicy 'add' failed`, 'MutatingAdmissionPolicy add'],
  [
    'admission webhook "validate.kyverno.svc-fail" denied the request: \n\nno',
    'admission webhook validate.kyverno.svc-fail',
  ],
  ['admission webhook "a.example.com" does not support dry run', 'admission webhook a.example.com'],
  [
    'Internal error occurred: failed calling webhook "a.example.com": failed to call webhook: Post "https://x": EOF',
    'admission webhook a.example.com',
  ],
  ['Service "a" is invalid: spec.ports[0].port: Invalid value: 0', 'the API server'],
  ['namespaces "gone" not found', 'the API server'],
] as const) {
  test(`${who}: ${message.slice(0, 60)}`, (t) => {
    t.is(refuserName(refuserIn(message)), who);
  });
}

test('a refusal of dry runs is none of the object', (t) => {
  t.true(refusesDryRuns('admission webhook "a" does not support dry run'));
  // neuvector/neuvector#649
  t.true(refusesDryRuns('admission webhook "a" denied the request:  CREATE denied in dry-run'));
  t.false(refusesDryRuns('admission webhook "a" denied the request: no load balancers'));
});

test('a missing permission is told from a refusal of admission by its words', (t) => {
  t.true(
    isAboutPermission('services "a" is forbidden: User "ada" cannot patch resource "services" in API group "" in ...'),
  );
  t.false(isAboutPermission('services "a" is forbidden: exceeded quota: team-a, requested: services=1'));
});
