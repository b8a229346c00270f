import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { UsageError } from '../../../src/errors/usage-error.ts';
import type { AuthWish } from '../../../src/exposure/plan/access.ts';
import { onlyRedirects, portsOfIngress } from '../../../src/modes/ingress/own-ingresses.ts';
import { ask, base } from '../../helpers/ingress-plans.ts';
import type { KubernetesObject } from '../../helpers/look.ts';
import { exposed, planAt, train } from '../../helpers/requests.ts';
import { ingressClass, ingressNginxService, skyPod } from '../../helpers/skypilot-objects.ts';

const C = train.nameOnCloud;
const nginx = (key: string) => `nginx.ingress.kubernetes.io/${key}`;
const basic: AuthWish = { is: 'basic', secret: undefined, user: undefined, newPassword: false };
const withPassword = { auth: basic, allowPlainHttp: true };

/** The controller's Service with a policy. */
const controller = (policy: 'Local' | 'Cluster'): Service => {
  const service = ingressNginxService({ ip: '203.0.113.9' });
  return { ...service, spec: { ...service.spec, externalTrafficPolicy: policy } };
};
const local = [skyPod(train), ingressClass(), controller('Local')];

/** Our Ingresses that serve ports, by set: the ports and the limits of each. */
function setsIn(objects: readonly KubernetesObject[]): Record<string, unknown> {
  const serving = objects.filter((each): each is Ingress => each.kind === 'Ingress' && !onlyRedirects(each));
  return Object.fromEntries(
    serving
      .filter((each) => portsOfIngress(each).length > 0)
      .map((each) => {
        const { name, annotations } = each.metadata!;
        const limits = ['auth-secret', 'whitelist-source-range', 'allowlist-source-range'].map(
          (key) => annotations?.[nginx(key)] ?? '-',
        );
        return [name!.slice(`${C}--skyports-ingress`.length), [portsOfIngress(each), ...limits]];
      }),
  );
}

test('each combination of password and ranges has an Ingress of its own, with both names of the list', (t) => {
  const ranges = ['203.0.113.0/24', '2001:db8::/32'];
  const both = exposed(
    local,
    ask({ ports: '80' }),
    ask({ ports: '81 82', ...withPassword }),
    ask({ ports: '83 84', sourceRanges: ranges }),
    ask({ ports: '85', ...withPassword, sourceRanges: ranges }),
    ask({ ports: '86', auth: { ...basic, secret: 'team' }, allowPlainHttp: true }),
  );
  const found = setsIn(both);
  const hashed = Object.keys(found).filter((each) => /^--limits-[0-9a-f]{8}$/.test(each));
  t.is(hashed.length, 3);
  t.deepEqual(
    [found[''], found['--auth']],
    [
      [[80], '-', '-', '-'],
      [[81, 82], `${C}--skyports-auth`, '-', '-'],
    ],
  );
  const list = ranges.join(',');
  t.deepEqual(
    hashed.map((each) => found[each]),
    [
      [[83, 84], '-', list, list],
      [[85], `${C}--skyports-auth`, list, list],
      [[86], 'team', '-', '-'],
    ],
  );
});

test('ports of different sets in one call stay in their sets, and a flag changes only what it names', (t) => {
  const before = exposed(
    local,
    ask({ ports: '80' }),
    ask({ ports: '81', ...withPassword }),
    ask({ ports: '82', sourceRanges: ['203.0.113.0/24'] }),
  );
  const again = planAt(before, ask({ ports: '80 81 82' }));
  t.deepEqual([[...new Set(again.writes.map(({ effect }) => effect))], again.removals], [['unchanged'], []]);
  const plan = planAt(before, ask({ ports: '80 82', ...withPassword }));
  t.deepEqual(plan.closedFirst, [80, 82]);
  const ranged = plan.writes.find(({ kind, ports, yields }) => kind === 'Ingress' && !yields && ports.includes(82));
  t.is(ranged?.manifest.metadata?.annotations?.[nginx('whitelist-source-range')], '203.0.113.0/24', 'the list stays');
  t.is(ranged?.manifest.metadata?.annotations?.[nginx('auth-type')], 'basic');
});

test('a port that moves keeps its limits by --annotation, its host, its certificate and the settings of its app', (t) => {
  const before = exposed(
    local,
    ask({
      ports: '80',
      host: 'a.example.com',
      tlsSecret: 'cert',
      annotations: { set: { [nginx('limit-rps')]: '5', [nginx('proxy-buffering')]: 'off' }, remove: [] },
    }),
  );
  const { writes } = planAt(before, ask({ ports: '80', auth: basic }));
  const { metadata, spec } = writes.at(-1)!.manifest as Ingress;
  t.like(metadata?.annotations, {
    [nginx('limit-rps')]: '5',
    [nginx('proxy-buffering')]: 'off',
    [nginx('auth-type')]: 'basic',
  });
  t.deepEqual(spec?.tls, [{ hosts: ['a.example.com'], secretName: 'cert' }]);
  t.is(spec?.rules?.[0]?.host, 'a.example.com');
});

test('a password over http is refused: without a host, without a certificate, and if the certificate goes', (t) => {
  const refused = { instanceOf: UsageError, message: /would send the password over http/ };
  t.throws(() => planAt(local, ask({ auth: basic })), refused);
  t.throws(() => planAt(local, ask({ auth: basic, host: 'a.example.com' })), refused);
  const tls = ask({ auth: basic, host: 'a.example.com', tlsSecret: 'cert' });
  t.notThrows(() => planAt(local, tls));
  const before = exposed(local, tls);
  t.throws(() => planAt(before, ask({ tlsSecret: '', host: 'a.example.com' })), refused);
  t.throws(() => planAt(before, ask({ host: 'b.example.com' })), refused);
  const ssl = { set: { [nginx('ssl-redirect')]: 'false' }, remove: [] };
  t.throws(() => planAt(before, ask({ annotations: ssl })), refused);
  t.notThrows(() => planAt(exposed(local, ask(withPassword)), ask({})), 'a port that has it over http stays');
});

test('a controller that does not read the annotations, or may not, gets no port with limits', (t) => {
  const at =
    (name: string, more: object = {}) =>
    () =>
      planAt(
        [skyPod(train), ingressClass('nginx', name), controller('Local')],
        ask({ ...withPassword, host: 'a.example.com', ...more }),
      );
  t.throws(at('ingress.k8s.aws/alb'), { message: /does not read nginx annotations: it would ask for no password/ });
  t.throws(at('ingress.k8s.aws/alb', { force: true }), { message: /it would ask for no password/ });
  t.throws(at('example.com/unknown'), {
    message: /may not read nginx annotations: perhaps it would ask for no password/,
  });
  t.notThrows(at('example.com/unknown', { force: true }));
  t.notThrows(at('rke2.cattle.io/ingress-nginx-migration'));
  t.throws(() => planAt(local, ask(withPassword), { unseen: ['ingressClasses'] }), {
    message: /ingressclasses were not seen .* perhaps it would ask for no password/,
  });
  const alb = ingressClass('alb', 'ingress.k8s.aws/alb');
  t.throws(() => planAt([...exposed(local, ask(withPassword)), alb], ask({ ingressClass: 'alb', rewrite: 'keep' })), {
    message: /it would ask for no password/,
  });
});

test('an allow-list needs a controller that sees its callers', (t) => {
  const ranged = ask({ sourceRanges: ['203.0.113.0/24'] });
  const at = (policy: 'Local' | 'Cluster') => [skyPod(train), ingressClass(), controller(policy)];
  t.notThrows(() => planAt(at('Local'), ranged));
  t.throws(() => planAt(at('Cluster'), ranged), { message: /has externalTrafficPolicy Cluster/ });
  t.throws(() => planAt(base, ranged), { message: /has externalTrafficPolicy Cluster/ }, 'the default is Cluster');
  t.notThrows(() => planAt(at('Cluster'), { ...ranged, force: true }));
  t.notThrows(() => planAt(at('Cluster'), ask({ sourceRanges: [] })));
  t.throws(() => planAt(at('Local'), ranged, { unseen: ['controllerServices', 'ingressNginxServices'] }), {
    message: /whether the ingress controller sees the addresses of callers is unknown/,
  });
});

test('a load balancer that opens connections of its own hides callers, and the PROXY protocol shows them', (t) => {
  const ranged = ask({ sourceRanges: ['203.0.113.0/24'] });
  const behind = (policy: 'Local' | 'Cluster', annotations: Record<string, string>, hostname?: string) => {
    const service = controller(policy);
    const metadata = { ...service.metadata, annotations };
    const status = hostname === undefined ? service.status! : { loadBalancer: { ingress: [{ hostname }] } };
    return [skyPod(train), ingressClass(), { ...service, metadata, status }];
  };
  const aws = 'service.beta.kubernetes.io/aws-load-balancer';
  const ending = { [`${aws}-ssl-cert`]: 'arn:aws:acm:x' };
  t.throws(() => planAt(behind('Local', ending), ranged), {
    message: /it ends TLS: .*ssl-cert\): the controller sees its/,
  });
  t.throws(() => planAt(behind('Local', {}, 'a1b2-123.eu-west-1.elb.amazonaws.com'), ranged), {
    message: /is a Classic Load Balancer/,
  });
  t.notThrows(() => planAt(behind('Local', {}, 'a1b2-0123.elb.eu-west-1.amazonaws.com'), ranged), 'an NLB');
  t.notThrows(() => planAt(behind('Cluster', { ...ending, [`${aws}-proxy-protocol`]: '*' }), ranged));
  t.notThrows(() => planAt(behind('Local', ending), { ...ranged, force: true }));
  t.notThrows(() => planAt(behind('Local', ending), ask({})));
});

test('the Secret belongs to the Services of all ports with a password, and goes with the last of them', (t) => {
  const secretOf = (objects: readonly KubernetesObject[], asked: Parameters<typeof ask>[0]) => {
    const { writes, removals } = planAt(objects, ask(asked));
    const write = writes.find(({ kind }) => kind === 'Secret');
    const owners = write?.ownedBy?.map(({ name }) => name.slice(`${C}--skyports-svc--`.length)).join(' ');
    const gone = removals.filter(({ kind }) => kind === 'Secret').length;
    if (write?.effect === 'unchanged') return ['unchanged', owners, gone];
    return [owners, write?.newPassword, write && 'data' in write.manifest, gone];
  };
  t.deepEqual(secretOf(local, { ports: '80 81', ...withPassword }), ['80 81', true, false, 0]);
  const two = exposed(local, ask({ ports: '80 81', ...withPassword })).filter(
    ({ kind }) => (kind as string) !== 'Secret',
  );
  t.deepEqual(
    secretOf(two, { ports: '80', ...withPassword }),
    ['unchanged', '80 81', 0],
    'only its existence is checked',
  );
  t.deepEqual(secretOf(two, { ports: '80' }), [undefined, undefined, undefined, 0], 'without --auth, nothing is');
  t.deepEqual(secretOf(two, { ports: '82', ...withPassword }), ['80 81 82', undefined, false, 0]);
  t.deepEqual(secretOf(two, { ports: '80', auth: { is: 'none' } }), ['81', undefined, false, 0]);
  t.deepEqual(secretOf(two, { ports: '80 81', auth: { is: 'none' } }), [undefined, undefined, undefined, 1]);
  t.deepEqual(secretOf(two, { ports: '80', auth: { ...basic, user: 'ann' }, allowPlainHttp: true }), [
    '80 81',
    true,
    false,
    0,
  ]);
  t.deepEqual(secretOf(two, { ports: '80 81', auth: { ...basic, secret: 'team' }, allowPlainHttp: true }), [
    undefined,
    undefined,
    undefined,
    1,
  ]);
});
