import test from 'ava';
import { command } from '../../src/errors/cure.ts';
import { Failure } from '../../src/errors/failure.ts';
import { UsageError } from '../../src/errors/usage-error.ts';
import type { LookOptions } from '../helpers/look.ts';
import { planAt, train } from '../helpers/requests.ts';
import { skyLoadBalancer, skyPod } from '../helpers/skypilot-objects.ts';

const head = skyPod(train);
const name = `${train.nameOnCloud}--skyports-lb`;

test('podip writes nothing', (t) => {
  t.deepEqual(planAt([head], { mode: 'podip' }), { writes: [], removals: [], warnings: [], alreadyOpen: [] });
});

test('a foreign object of our name is refused, whatever is asked of it', (t) => {
  const foreign = skyLoadBalancer(train, [80]);
  foreign.metadata!.name = name;
  for (const asked of [{}, { besideSkyPilot: true }, { loadBalancerClass: 'example.com/lb' }]) {
    const error = t.throws(() => planAt([head, foreign], asked), { instanceOf: UsageError });
    t.is(error.message, `Service ${name} in namespace default was not created by kubectl skyports`);
    t.is(error.code, 'foreign-object');
    t.is(error.cures[0]?.command, command`kubectl delete service ${name} -n default --interactive`);
  }
});

test('a port that SkyPilot opened in that mode is left alone, the others are written', (t) => {
  const plan = planAt([head, skyLoadBalancer(train, [8888])], { ports: '8888 9000' });
  t.deepEqual(
    plan.alreadyOpen.map(({ port, managedBy }) => [port, managedBy]),
    [[8888, 'skypilot']],
  );
  t.deepEqual(
    plan.writes.map(({ ports }) => ports),
    [[9000]],
  );
  t.deepEqual(planAt([head, skyLoadBalancer(train, [8888])], {}).writes, []);
});

test('--beside-skypilot, another target or another mode write it anyway', (t) => {
  const objects = [head, skyLoadBalancer(train, [8888])];
  for (const asked of [{ besideSkyPilot: true }, { ports: '8888:9999' }, { mode: 'nodeport' }] as const) {
    const plan = planAt(objects, asked);
    t.deepEqual(plan.alreadyOpen, []);
    t.is(plan.writes.length, 1);
  }
});

test('what SkyPilot left behind without Pods is not open', (t) => {
  t.is(planAt([skyLoadBalancer(train, [8888])], {}).writes.length, 1);
});

test('nothing is written over what was not seen', (t) => {
  const options: LookOptions = { unseen: ['services'] };
  for (const mode of ['loadbalancer', 'nodeport', 'ingress'] as const) {
    const error = t.throws(() => planAt([head], { mode }, options), { instanceOf: Failure });
    t.is(
      error.message,
      'services in namespace default were not seen (forbidden), so ports that are already open could be lost',
    );
    t.is(error.cures[0]?.command, command`kubectl auth can-i list services -n default`);
    t.is(error.exitCode, 4, 'a missing permission leaves it unknown');
  }
  t.notThrows(() => planAt([head], { mode: 'podip' }, options));
  t.notThrows(() => planAt([head], {}, { unseen: ['ingresses', 'ingressClasses', 'endpointSlices'] }));
});
