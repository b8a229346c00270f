import test from 'ava';
import type { Pod } from 'kubernetes-types/core/v1';
import type { NetworkPolicySpec } from 'kubernetes-types/networking/v1';
import { admissionTo } from '../../src/exposure/network-policies.ts';

const pod: Pod = {
  metadata: { name: 'head', namespace: 'default', labels: { app: 'train', role: 'head' } },
  spec: { containers: [{ name: 'ray-node', ports: [{ name: 'web', containerPort: 8888 }] }] },
};
const policy = (spec: Partial<NetworkPolicySpec>, namespace = 'default') => ({
  metadata: { name: 'policy', namespace },
  spec: { podSelector: {}, policyTypes: ['Ingress'], ...spec },
});
const admits = (...specs: Partial<NetworkPolicySpec>[]) =>
  admissionTo(
    specs.map((spec) => policy(spec)),
    pod,
    8888,
  ).admits;

const peer = { podSelector: { matchLabels: { app: 'web' } } };
for (const [name, specs, expected] of [
  ['no policy', [], 'everybody'],
  ['one that selects no other Pods', [{ podSelector: { matchLabels: { app: 'other' } } }], 'everybody'],
  ['one for what the Pod calls', [{ policyTypes: ['Egress'] }], 'everybody'],
  ['one without rules', [{}], 'nobody'],
  ['one whose types are left out', [{ policyTypes: undefined }], 'nobody'],
  ['a rule that is empty', [{ ingress: [{}] }], 'everybody'],
  ['a rule for the port', [{ ingress: [{ ports: [{ port: 8888 }] }] }], 'everybody'],
  ['a rule for its name', [{ ingress: [{ ports: [{ port: 'web' }] }] }], 'everybody'],
  ['a rule for another name', [{ ingress: [{ ports: [{ port: 'ssh' }] }] }], 'nobody'],
  ['a rule for a range', [{ ingress: [{ ports: [{ port: 8000, endPort: 9000 }] }] }], 'everybody'],
  ['a rule for another port', [{ ingress: [{ ports: [{ port: 22 }] }] }], 'nobody'],
  ['a rule for UDP', [{ ingress: [{ ports: [{ port: 8888, protocol: 'UDP' }] }] }], 'nobody'],
  ['a rule for all ports of TCP', [{ ingress: [{ ports: [{ protocol: 'TCP' }] }] }], 'everybody'],
  ['a rule for Pods', [{ ingress: [{ from: [peer] }] }], 'some Pods'],
  ['a rule for addresses', [{ ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] }], 'some addresses'],
  ['a second policy that adds the port', [{}, { ingress: [{ ports: [{ port: 8888 }] }] }], 'everybody'],
  [
    'a selector of expressions',
    [{ podSelector: { matchExpressions: [{ key: 'role', operator: 'In', values: ['head'] }] } }],
    'nobody',
  ],
  [
    'a selector that leaves it out',
    [{ podSelector: { matchExpressions: [{ key: 'role', operator: 'NotIn', values: ['head'] }] } }],
    'everybody',
  ],
  [
    'a selector of what is there',
    [{ podSelector: { matchExpressions: [{ key: 'role', operator: 'DoesNotExist' }] } }],
    'everybody',
  ],
] as const) {
  test(`${name}: ${expected}`, (t) => {
    t.is(admits(...(specs as unknown as Partial<NetworkPolicySpec>[])), expected);
  });
}

test('a policy of another namespace does not matter', (t) => {
  t.is(admissionTo([policy({}, 'other')], pod, 8888).admits, 'everybody');
});

test('Pods are let in by their labels and the name of their namespace; other labels of namespaces may match', (t) => {
  const from = (spec: object, caller: { namespace: string; labels: Record<string, string> }) => {
    const admission = admissionTo([policy({ ingress: [{ from: [spec] }] })], pod, 8888);
    return admission.admits === 'some Pods' && admission.admitsPod(caller);
  };
  const web = { app: 'web' };
  t.true(from(peer, { namespace: 'default', labels: web }));
  t.false(from(peer, { namespace: 'other', labels: web }));
  t.false(from(peer, { namespace: 'default', labels: { app: 'db' } }));
  const named = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } };
  t.true(from(named, { namespace: 'ingress-nginx', labels: {} }));
  t.false(from(named, { namespace: 'default', labels: {} }));
  t.true(from({ namespaceSelector: { matchLabels: { team: 'a' } } }, { namespace: 'default', labels: {} }));
  t.false(from({ ...named, ...peer }, { namespace: 'ingress-nginx', labels: {} }));
});
