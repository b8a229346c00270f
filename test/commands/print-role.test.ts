import test from 'ava';
import { parseAllDocuments } from 'yaml';
import { rolesFor, rolesText } from '../../src/commands/doctor/print-role.ts';
import { optionalAccess, reviewsOf } from '../../src/doctor/subjects/optional-access.ts';
import { kubectl, newUser, until } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { skyLoadBalancer } from '../helpers/skypilot-objects.ts';
import { make, untilBackendReady, withSkyCluster } from '../helpers/world.ts';

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

test('each Role says what it is for; what is optional is commented out', async (t) => {
  const reviews = reviewsOf(optionalAccess[0]!, 'ml').map((resourceAttributes) => ({ spec: { resourceAttributes } }));
  const text = await rolesText(
    'ada',
    [{ ...pods, without: 'nothing works' }],
    [{ access: optionalAccess[0]!, reviews }],
    'ml',
  );
  const [asked, binding, ...rest] = text.split('---\n');
  t.regex(asked!, /^# nothing works\napiVersion: /);
  t.regex(binding!, /^apiVersion: .*\nkind: RoleBinding\n/);
  t.true(
    rest
      .join('')
      .split('\n')
      .every((line) => line === '' || line.startsWith('#')),
  );
  t.regex(text, /\n# optional, for doctor --probe=pod: /);
  t.regex(text, /\n# {3}- apiGroups:\n#.*""\n#.*resources:\n#.*- pods\/proxy\n#.*verbs:\n#.*- get\n/);
  const uncommented = text.slice(text.indexOf('# optional')).replace(/^# (?!optional)/gm, '');
  const objects = parseAllDocuments(uncommented).map((each) => each.toJS()) as Rbac[];
  t.deepEqual(
    objects.flatMap(({ rules }) => rules ?? []),
    [
      { apiGroups: [''], resources: ['pods/proxy'], verbs: ['get'] },
      { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] },
    ],
  );
});

for (const scope of ['one namespace', 'all namespaces'] as const) {
  test(`${scope}: a user without rights gets them from what is printed, applied by an administrator`, async (t) => {
    const names = await withSkyCluster();
    const { namespace, nameOnCloud } = names;
    await make(skyLoadBalancer(names, [8888], { ip: '203.0.113.80' }));
    await untilBackendReady(namespace, `${nameOnCloud}--skypilot-lb`);
    const { kubeconfig } = await newUser(namespace);
    const where = scope === 'one namespace' ? ['-n', namespace] : ['-A'];
    const doctor = async (...args: string[]) => {
      const { code, stdout, stderr } = await skyports(['doctor', ...where, ...args], { kubeconfig });
      return { code, stdout, stderr };
    };
    const before = await doctor('-o', 'json');
    t.is(before.code, 4);
    t.regex(JSON.parse(before.stdout).summary.text, /^Cannot tell: pods.* may not be listed$/);

    // With the first rights more is seen, and that may need more: the settings of an ingress controller, if there is an Ingress.
    let rounds = 0;
    const isComplete = async () => /no permission is missing/.test((await doctor('--print-role')).stderr);
    do {
      rounds++;
      const printed = await doctor('--print-role');
      t.is(printed.code, 0, printed.stderr);
      t.is(printed.stderr, '');
      const applied = await kubectl(['apply', '-f', '-'], { input: printed.stdout });
      t.is(applied.code, 0, applied.stderr);
      const created = applied.stdout.trimEnd().split('\n');
      t.teardown(() => kubectl(['delete', '-f', '-'], { input: printed.stdout }));
      for (const line of created) t.regex(line, /^(cluster)?role(binding)?\.rbac\.\S+\/skyports-[0-9a-f]{10} created$/);
      await until(
        'the server knows the new roles',
        async () => (await doctor('--print-role')).stdout !== printed.stdout,
      );
    } while (!(await isComplete()) && rounds < 2);
    t.true(await isComplete());
    const after = JSON.parse((await doctor('-o', 'json')).stdout);
    const unseen = after.checks.filter(({ reason }: { reason: string | null }) => /may not/.test(reason ?? ''));
    t.deepEqual(unseen, []);
    const access = after.checks.find(({ id }: { id: string }) => id === 'permissions');
    t.is(access?.outcome, 'pass', JSON.stringify(access));
    const table = await skyports(['endpoints', 'train', '-n', namespace], { kubeconfig });
    t.is(table.code, 0, table.stderr);
    t.regex(table.stdout, /203\.0\.113\.80:8888 +Ready/);
    t.is(table.stderr, '');
    const exposed = await skyports(['expose', 'train', '9000', '-n', namespace, '--wait=0'], { kubeconfig });
    t.is(exposed.code, 0, exposed.stderr);
  });
}
