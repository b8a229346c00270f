import test from 'ava';
import { rolesFor } from '../../src/commands/print-role.ts';

interface Rbac {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: unknown;
  readonly roleRef?: unknown;
  readonly subjects?: unknown;
}

const pods = {
  namespace: 'ml',
  verbs: ['list'],
  resources: ['pods', 'ingresses.networking.k8s.io'],
  severity: 'warning',
  without: '',
} as const;
const classes = { ...pods, namespace: null, resources: ['ingressclasses.networking.k8s.io'] };

test('a Role and its binding name the user, the groups and the verbs', (t) => {
  const [role, binding] = rolesFor('ada', [pods]) as Rbac[];
  t.is(role!.kind, 'Role');
  t.is(role!.metadata.namespace, 'ml');
  t.regex(role!.metadata.name, /^skyports-[0-9a-f]{10}$/);
  t.deepEqual(role!.rules, [
    { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
    { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: ['list'] },
  ]);
  t.deepEqual(binding!.roleRef, { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role!.metadata.name });
  t.deepEqual(binding!.subjects, [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'ada' }]);
});

test('what is in no namespace needs a ClusterRole; a service account is a subject of its own kind', (t) => {
  const [role, binding] = rolesFor('system:serviceaccount:ml:bot', [classes]) as Rbac[];
  t.is(role!.kind, 'ClusterRole');
  t.false('namespace' in role!.metadata);
  t.is(binding!.kind, 'ClusterRoleBinding');
  t.deepEqual(binding!.subjects, [{ kind: 'ServiceAccount', namespace: 'ml', name: 'bot' }]);
});

test('the objects of one user never replace those of another', (t) => {
  const names = ['ada', 'bob'].flatMap((user) => rolesFor(user, [pods, classes]) as { metadata: { name: string } }[]);
  t.is(new Set(names.map(({ metadata }) => metadata.name)).size, 4);
});
