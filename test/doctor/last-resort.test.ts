import test from 'ava';
import type { Pod, Service } from 'kubernetes-types/core/v1';
import { allChecks } from '../../src/doctor/all-checks.ts';
import type { Subject } from '../../src/doctor/check-context.ts';
import { judge } from '../../src/doctor/judge.ts';
import { portForwardHintsOf } from '../../src/doctor/port-forward-hints.ts';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import { resolveEndpoints } from '../../src/modes/resolve-endpoints.ts';
import { type KubernetesObject, lookAt } from '../helpers/look.ts';
import { skyLoadBalancer, skyNames, skyPod } from '../helpers/skypilot-objects.ts';

const train = skyNames('default', 'train');
const serve = skyNames('ml', 'serve');
const everyone: Subject = { skyCluster: undefined, ports: undefined, mode: undefined };

function offered(
  objects: readonly KubernetesObject[],
  subject: Partial<Subject> = {},
  namespace: string | null = null,
) {
  const snapshot = lookAt(objects, { namespace });
  const view = indexSnapshot(snapshot);
  const whole = { ...everyone, ...subject };
  const verdicts = judge(allChecks, snapshot, whole, { only: undefined, skip: [] });
  return portForwardHintsOf(view, whole, resolveEndpoints(view), verdicts).map(({ command }): string | null => command);
}

function withTarget(service: Service, targetPort: number | string): Service {
  return {
    ...service,
    spec: { ...service.spec, ports: service.spec!.ports!.map((port) => ({ ...port, targetPort })) },
  };
}

test('it is offered of what is healthy too, with every port', (t) => {
  const objects = [skyPod(train), skyLoadBalancer(train, [8888, 6006], { ip: '203.0.113.80' })];
  t.deepEqual(offered(objects, { skyCluster: train }), ['kubectl skyports forward train 6006 8888 -n default']);
  t.deepEqual(offered(objects), offered(objects, { skyCluster: train }));
});

test("it goes to the Pod's port, and listens where anybody may", (t) => {
  const pod = skyPod(train);
  pod.spec!.containers = [{ name: 'ray-node', ports: [{ name: 'web', containerPort: 80 }] }];
  const service = skyLoadBalancer(train, [80], { ip: '203.0.113.80' });
  const commandFor = (targetPort: number | string) => offered([pod, withTarget(service, targetPort)])[0];
  t.is(commandFor(9000), 'kubectl skyports forward train 9000 -n default');
  t.is(commandFor(80), 'kubectl skyports forward train 8080:80 -n default');
  t.is(commandFor('web'), 'kubectl skyports forward train 8080:80 -n default');
});

test('a port that nothing opens is reached anyway; without any the user fills it in', (t) => {
  const pod = skyPod(train);
  t.deepEqual(offered([pod], { skyCluster: train, ports: [443, 5000] }), [
    'kubectl skyports forward train 8443:443 5000 -n default',
  ]);
  t.deepEqual(offered([pod]), ['kubectl skyports forward train PORT -n default']);
});

test('only clusters with a finding are offered, if there are any; of one whose head does not run, nothing can be reached', (t) => {
  const healthy = [skyPod(train), skyLoadBalancer(train, [8888], { ip: '203.0.113.80' })];
  const pending = [skyPod(serve), skyLoadBalancer(serve, [8000])];
  t.deepEqual(offered(healthy), ['kubectl skyports forward train 8888 -n default']);
  t.deepEqual(offered([...healthy, ...pending]), ['kubectl skyports forward serve 8000 -n ml']);
  t.deepEqual(offered([skyPod(serve, { phase: 'Pending' }), ...healthy]), []);
});

test('a head that runs and is not ready can be reached', (t) => {
  const pod: Pod = skyPod(train);
  pod.status!.conditions = [{ type: 'Ready', status: 'False' }];
  t.is(offered([pod]).length, 1);
});
