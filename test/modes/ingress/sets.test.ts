import test from 'ava';
import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { judgedPaths } from '../../../src/doctor/subjects/ingress-mode.ts';
import { UsageError } from '../../../src/errors/usage-error.ts';
import { orphansIn } from '../../../src/exposure/orphans.ts';
import { type AuthWish, limitsIn, passwordSecretOf } from '../../../src/exposure/plan/access.ts';
import { indexSnapshot } from '../../../src/exposure/snapshot-index.ts';
import { onlyRedirects, portsOfIngress } from '../../../src/modes/ingress/own-ingresses.ts';
import { planUnexpose } from '../../../src/modes/plan-unexpose.ts';
import { ask, base, ingressWrite } from '../../helpers/ingress-plans.ts';
import { type KubernetesObject, lookAt, rowsAt } from '../../helpers/look.ts';
import { exposed, planAt, train } from '../../helpers/requests.ts';

const C = train.nameOnCloud;
const basic: AuthWish = { is: 'basic', secret: undefined, user: undefined, newPassword: false };
const none: AuthWish = { is: 'none' };
/** A password may travel over http here, because these tests are about sets. */
const withPassword = { auth: basic, allowPlainHttp: true };

/** Port 80 in the usual set, 9000 and 9001 with a password. */
const both = exposed(exposed(base, ask({ ports: '80' })), ask({ ports: '9000 9001', ...withPassword }));

const ingressesOf = (objects: readonly KubernetesObject[]): Record<string, number[]> =>
  Object.fromEntries(
    objects
      .filter((each): each is Ingress => each.kind === 'Ingress' && !onlyRedirects(each))
      .map((each) => [each.metadata?.name?.slice(C.length) ?? '', portsOfIngress(each)]),
  );

test('each set has an Ingress of its own, with its annotations', (t) => {
  t.deepEqual(ingressesOf(both), { '--skyports-ingress': [80], '--skyports-ingress--auth': [9000, 9001] });
  const annotated = both.find(({ metadata }) => metadata?.name === `${C}--skyports-ingress--auth`);
  t.is(annotated?.metadata?.annotations?.['nginx.ingress.kubernetes.io/auth-type'], 'basic');
  const plain = both.find(({ metadata }) => metadata?.name === `${C}--skyports-ingress`);
  t.is(plain?.metadata?.annotations?.['nginx.ingress.kubernetes.io/auth-type'], undefined);
});

test('the ports of both are endpoints of ours', (t) => {
  t.deepEqual(
    rowsAt(both).map(({ port, managedBy, source }) => [port, managedBy, source[0]?.name.slice(C.length)]),
    [
      [80, 'kubectl-skyports', '--skyports-ingress'],
      [9000, 'kubectl-skyports', '--skyports-ingress--auth'],
      [9001, 'kubectl-skyports', '--skyports-ingress--auth'],
    ],
  );
});

test('a port stays in its set unless another one is asked for', (t) => {
  const plan = planAt(both, ask({ ports: '9000' }));
  t.deepEqual([[...new Set(plan.writes.map(({ effect }) => effect))], plan.removals], [['unchanged'], []]);
});

test('a port that changes its set leaves the other first, and is in exactly one', (t) => {
  const plan = planAt(both, ask({ ports: '9000', auth: none }));
  t.deepEqual(
    plan.writes
      .filter(({ kind, manifest }) => kind === 'Ingress' && !onlyRedirects(manifest as Ingress))
      .map(({ manifest, ports }) => [manifest.metadata?.name?.slice(C.length), ports]),
    [
      ['--skyports-ingress--auth', [9001]],
      ['--skyports-ingress', [80, 9000]],
    ],
  );
  t.deepEqual(
    plan.removals.map(({ name, yields }) => [name.slice(C.length), yields]),
    [['--skyports-ingress--redirect-9000', true]],
  );
  t.is(
    ingressWrite(both, { ports: '9000', auth: none }).manifest.metadata?.annotations?.[
      'nginx.ingress.kubernetes.io/auth-type'
    ],
    undefined,
  );
});

test('the Ingress that a port leaves is changed or removed before the other gets the path', (t) => {
  const plan = planAt(both, ask({ ports: '9000', auth: none }));
  const yielding = plan.writes.filter(({ yields }) => yields).map(({ manifest }) => manifest.metadata?.name);
  t.deepEqual(yielding, [`${C}--skyports-ingress--auth`]);
  t.deepEqual(
    planAt(both, ask({ ports: '80', ...withPassword })).removals.map(({ yields }) => yields),
    [true, true],
  );
});

const key = (name: string) => `nginx.ingress.kubernetes.io/${name}`;
const annotated = (ports: string, set: Record<string, string>, remove: readonly string[] = []) =>
  planAt(both, ask({ ports, annotations: { set, remove } }));
const limitsOf = ({ writes }: ReturnType<typeof planAt>) =>
  writes
    .filter(
      ({ kind, manifest, effect }) =>
        kind === 'Ingress' && effect !== 'unchanged' && !onlyRedirects(manifest as Ingress),
    )
    .map(({ ports, manifest }) => [ports, passwordSecretOf(limitsIn(manifest.metadata?.annotations)) !== undefined]);

test('an annotation that removes the password of a port keeps that of other ports', (t) => {
  const plan = annotated('9000', {}, [key('auth-type'), key('auth-secret')]);
  t.deepEqual(limitsOf(plan), [
    [[9001], true],
    [[9000], false],
  ]);
  t.deepEqual(plan.withoutPassword, [9000]);
});

test('an annotation that limits callers of a port applies to no other port', (t) => {
  const plan = annotated('9000', { [key('satisfy')]: 'any' });
  t.deepEqual(limitsOf(plan), [
    [[9001], true],
    [[9000], true],
  ]);
  t.deepEqual(plan.closedFirst, [9000]);
  const joined = planAt(
    both,
    ask({ ports: '9002', ...withPassword, annotations: { set: { [key('satisfy')]: 'any' }, remove: [] } }),
  );
  t.deepEqual(limitsOf(joined), [[[9002], true]], 'nor does a new port join an Ingress with other limits');
});

test('an annotation for all ports of an Ingress is written in place, and so is one that limits no callers', (t) => {
  t.deepEqual(limitsOf(annotated('9000 9001', { [key('limit-rps')]: '5' })), [[[9000, 9001], true]]);
  t.deepEqual(limitsOf(annotated('9000', { [key('proxy-body-size')]: '1m' })), [[[9000, 9001], true]]);
});

test('an Ingress that lost its last port is removed', (t) => {
  const plan = planAt(both, ask({ ports: '80', ...withPassword }));
  t.deepEqual(
    plan.removals.map(({ kind, name }) => [kind, name]),
    [
      ['Ingress', `${C}--skyports-ingress--redirect-80`],
      ['Ingress', `${C}--skyports-ingress`],
    ],
  );
});

test('a port keeps its path when it changes its set', (t) => {
  const withPath = exposed(base, ask({ ports: '80', path: '/mine' }));
  const write = ingressWrite(withPath, { ports: '80', ...withPassword });
  t.is(write.manifest.spec?.rules?.[0]?.http?.paths[0]?.path, '/mine(/|$)(.*)');
});

test('two sets cannot answer at one place', (t) => {
  const withPath = exposed(base, ask({ ports: '80', path: '/mine' }));
  t.throws(() => planAt(withPath, ask({ ports: '81', path: '/mine', ...withPassword })), {
    instanceOf: UsageError,
    message: 'ports 80 and 81 would both answer at any host/mine',
  });
});

const steps = (objects: readonly KubernetesObject[], ports?: readonly number[]) => {
  const view = indexSnapshot(lookAt(objects));
  const skyCluster = view.skyClusters.find(({ nameOnCloud }) => nameOnCloud === C)!;
  const { writes, removals } = planUnexpose(view, { skyCluster, ports, mode: undefined });
  const short = (name = '') => name.slice(C.length).replace('--skyports', '');
  return [
    ...writes.map(({ manifest, ports: left }) => `${short(manifest.metadata?.name)}=${left}`),
    ...removals.map(({ name }) => `-${short(name)}`),
  ].join(' ');
};

test('unexpose closes a port in the Ingress that has it, and all of them together', (t) => {
  t.is(steps(both, [9000]), '-ingress--auth=9001 --ingress--redirect-9000 --svc--9000');
  t.is(steps(both, [80]), '--ingress--redirect-80 --ingress --svc--80');
  t.is(
    steps(both),
    [
      ...[80, 9000, 9001].map((port) => `--ingress--redirect-${port}`),
      '--ingress --ingress--auth --svc--80 --svc--9000 --svc--9001',
    ].join(' '),
  );
});

test('an Ingress that only redirects is no endpoint, and no check judges its paths', (t) => {
  const withoutRedirects = both.filter((each) => each.kind !== 'Ingress' || !onlyRedirects(each as Ingress));
  t.is(both.length - withoutRedirects.length, 3);
  t.deepEqual(rowsAt(both), rowsAt(withoutRedirects));
  const view = indexSnapshot(lookAt(both));
  const subject = { skyCluster: undefined, ports: undefined, mode: undefined };
  t.false(judgedPaths({ view, subject }).some(({ ingress }) => onlyRedirects(ingress)));
  t.is(judgedPaths({ view, subject }).length, 3);
});

test('all of them are orphans when the SkyPilot cluster is gone', (t) => {
  const left = both
    .filter(({ kind }) => kind === 'Ingress' || kind === 'Service')
    .map(
      (each) =>
        ({
          ...each,
          metadata: { ...(each as Service).metadata, creationTimestamp: '2020-01-01T00:00:00Z' },
        }) as KubernetesObject,
    );
  const snapshot = lookAt(left);
  const { orphans } = orphansIn({
    ...snapshot,
    topics: { ...snapshot.topics, deployments: snapshot.topics.pods as never },
  });
  t.deepEqual(
    orphans
      .filter(({ kind, managedBy }) => kind === 'Ingress' && managedBy === 'kubectl-skyports')
      .map(({ nameOnCloud, reference }) => [nameOnCloud, reference.name]),
    ['--redirect-80', '', '--redirect-9000', '--redirect-9001', '--auth'].map((set) => [
      C,
      `${C}--skyports-ingress${set}`,
    ]),
  );
});
