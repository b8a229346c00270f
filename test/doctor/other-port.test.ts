import test from 'ava';
import { otherPortCures } from '../../src/doctor/subjects/other-port.ts';
import { diagnosisOfScenario, scenarioNamed } from '../helpers/scenario.ts';

const skyCluster = { displayName: 'train', nameOnCloud: 'train-2ea485ef', namespace: 'default', pods: [] };
const ports = [{ servicePort: 80, targetPort: 8888 }];
const commandsOf = (...[exposing, taken]: Parameters<typeof otherPortCures>) =>
  otherPortCures(exposing, taken).map(({ command }) => `${command}`);

test('a port that is taken on the nodes ends in the command that opens another one', async (t) => {
  for (const name of ['load-balancer-servicelb-port-taken', 'servicelb-pod-not-scheduled']) {
    const { diagnosis } = await diagnosisOfScenario(scenarioNamed(name));
    const cures = diagnosis.checks.flatMap(({ findings }) => findings.flatMap((each) => each.cures));
    const [first] = cures.map(({ command }) => `${command}`);
    t.is(first, 'kubectl skyports expose train 8889:8888 -n default --mode loadbalancer', name);
    t.false(
      cures.some(({ note }) => /another Service port/.test(note ?? '')),
      name,
    );
  }
});

test("in a Service of this plugin, the taken port is closed first, and SkyPilot's own stays", (t) => {
  const taken = { port: 80, free: 81 };
  const opening = 'kubectl skyports expose train 81:8888 -n default --mode loadbalancer';
  t.deepEqual(commandsOf({ skyCluster, ports, owner: 'skypilot' }, taken), [opening]);
  t.deepEqual(commandsOf({ skyCluster, ports, owner: 'kubectl-skyports' }, taken), [
    'kubectl skyports unexpose train 80 -n default --mode loadbalancer',
    opening,
  ]);
  t.deepEqual(commandsOf({ skyCluster, ports, owner: 'skypilot' }, { port: 443, free: 444 }), []);
});
