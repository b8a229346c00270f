import test from 'ava';
import { advice } from '../../src/errors/cure.ts';
import { UsageError } from '../../src/errors/usage-error.ts';
import { modeFromCluster, modeFromConfig } from '../../src/modes/choose-mode.ts';
import type { SkyConfigPorts } from '../../src/skypilot/config.ts';
import { indexAt, type KubernetesObject, type LookOptions } from '../helpers/look.ts';
import { train } from '../helpers/requests.ts';
import { skyIngress, skyLoadBalancer, skyNames, skyPod, skyPortService } from '../helpers/skypilot-objects.ts';

const chosen = (objects: readonly KubernetesObject[], options: LookOptions = {}) => {
  const mode = modeFromCluster(indexAt([skyPod(train), ...objects], options), { ...train, pods: [] });
  return mode && `${mode.mode}: ${mode.reason}`;
};
const other = skyNames('default', 'other');
const elsewhere = { ...train, namespace: 'elsewhere' };
const kind = { context: 'kind-skypilot' };

const cases: Readonly<Record<string, [KubernetesObject[], LookOptions, string | undefined]>> = {
  "SkyPilot's load balancer": [
    [skyLoadBalancer(train, [80])],
    {},
    'loadbalancer: SkyPilot opened ports through Service train-2ea485ef--skypilot-lb',
  ],
  "SkyPilot's Ingress": [
    [skyIngress(train, [80])],
    {},
    'ingress: SkyPilot opened ports through Ingress train-2ea485ef-skypilot-ingress',
  ],
  "SkyPilot's per-port Service": [
    [skyPortService(train, 80)],
    {},
    'ingress: SkyPilot opened ports through Ingress train-2ea485ef-skypilot-ingress',
  ],
  'its objects count before the context': [
    [skyLoadBalancer(train, [80])],
    kind,
    'loadbalancer: SkyPilot opened ports through Service train-2ea485ef--skypilot-lb',
  ],
  'context kind-skypilot': [[], kind, 'ingress: SkyPilot always uses ingress on context kind-skypilot'],
  'another context of kind': [[], { context: 'kind-dev' }, undefined],
  "another cluster's objects": [[skyLoadBalancer(other, [80])], {}, undefined],
  'another namespace': [[skyLoadBalancer(elsewhere, [80])], { namespace: null }, undefined],
  nothing: [[], {}, undefined],
};
for (const [title, [objects, options, expected]] of Object.entries(cases)) {
  test(title, (t) => t.is(chosen(objects, options), expected));
}

const nowhere: SkyConfigPorts = { ports: undefined, apiServer: undefined, allowedContexts: undefined };
const says = (value: string) => ({ value, key: 'kubernetes.ports', path: '~/.sky/config.yaml' });

test('the configuration decides, else the default', (t) => {
  t.deepEqual(modeFromConfig({ ...nowhere, ports: says('podip') }), {
    mode: 'podip',
    reason: 'kubernetes.ports in ~/.sky/config.yaml says so',
  });
  t.deepEqual(modeFromConfig(nowhere), { mode: 'loadbalancer', reason: "it is SkyPilot's default" });
});

test('a remote API server may be configured otherwise', (t) => {
  const apiServer = 'https://sky.example.com';
  const remote = '; the SkyPilot API server https://sky.example.com may be configured otherwise';
  t.is(modeFromConfig({ ...nowhere, apiServer }).reason, `it is SkyPilot's default${remote}`);
  t.is(
    modeFromConfig({ ...nowhere, apiServer, ports: says('ingress') }).reason,
    `kubernetes.ports in ~/.sky/config.yaml says so${remote}`,
  );
});

for (const value of ['Ingress', 'nodeport', '']) {
  test(`"${value}" is refused, as SkyPilot does`, (t) => {
    const error = t.throws(() => modeFromConfig({ ...nowhere, ports: says(value) }), { instanceOf: UsageError });
    t.is(
      error.message,
      `kubernetes.ports in ~/.sky/config.yaml is "${value}", which SkyPilot rejects: it accepts loadbalancer, ingress, podip`,
    );
    t.is(error.code, 'invalid-sky-config');
    t.deepEqual(error.cures, [advice('fix it there, or add --mode')]);
  });
}
