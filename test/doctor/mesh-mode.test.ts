import test from 'ava';
import type { Pod } from 'kubernetes-types/core/v1';
import { meshModeOf } from '../../src/doctor/subjects/mesh-mode.ts';
import { bypassesMesh, meshes, meshOf } from '../../src/platforms/meshes.ts';
import type { PeerAuthentication } from '../../src/snapshot/topics.ts';
import { forbidden, seen } from '../helpers/look.ts';
import { diagnose, dumpNamed } from '../helpers/scenario.ts';
import { type Difference, withDifference } from '../helpers/scenario-difference.ts';

const pod = (fields: {
  annotations?: Record<string, string>;
  labels?: Record<string, string>;
  containers?: string[];
  init?: string[];
}): Pod => ({
  metadata: {
    name: 'h',
    namespace: 'ml',
    annotations: fields.annotations ?? {},
    labels: fields.labels ?? { app: 'x' },
  },
  spec: {
    containers: ['ray-node', ...(fields.containers ?? [])].map((name) => ({ name })),
    initContainers: (fields.init ?? []).map((name) => ({ name, restartPolicy: 'Always' })),
  },
});
const rule = (namespace: string, mode: string | undefined, more: object = {}, created = '2026-01-01T00:00:00Z') =>
  ({
    metadata: { name: `${namespace}-${mode}`, namespace, creationTimestamp: created },
    spec: { ...(mode && { mtls: { mode } }), ...more },
  }) as PeerAuthentication;
const strict = (...rules: PeerAuthentication[]) => meshModeOf(seen(rules), pod({}), 8888).isStrict;
const forPod = { selector: { matchLabels: { app: 'x' } } };

test('a rule that selects the Pod goes before that of the namespace, and that before the one of the mesh', (t) => {
  t.false(strict());
  t.true(strict(rule('istio-system', 'STRICT')));
  t.false(strict(rule('istio-system', 'STRICT'), rule('ml', 'PERMISSIVE')));
  t.true(strict(rule('istio-system', 'STRICT'), rule('ml', 'UNSET')));
  t.true(strict(rule('ml', 'PERMISSIVE'), rule('ml', 'STRICT', forPod)));
  t.false(strict(rule('other', 'STRICT')), 'another namespace');
  t.false(strict(rule('istio-system', 'STRICT', forPod)), 'a selector in the root namespace');
  t.false(strict(rule('ml', 'STRICT', { selector: { matchLabels: { app: 'y' } } })), 'another Pod');
});

test('a port may have its own mode', (t) => {
  const open = { ...forPod, portLevelMtls: { 8888: { mode: 'PERMISSIVE' } } };
  t.false(strict(rule('ml', 'STRICT', open)));
  t.true(strict(rule('ml', 'STRICT', { ...forPod, portLevelMtls: { 9000: { mode: 'DISABLE' } } })));
  t.true(strict(rule('ml', 'STRICT', { ...forPod, portLevelMtls: 'nonsense' })));
});

test('the rule of the Pod is known although another one decides', (t) => {
  const ofPod = rule('ml', undefined, { ...forPod, portLevelMtls: { 9000: { mode: 'DISABLE' } } });
  const mode = meshModeOf(seen([rule('istio-system', 'STRICT'), ofPod]), pod({}), 8888);
  t.like(mode, {
    isStrict: true,
    rule: { kind: 'PeerAuthentication', namespace: 'istio-system', name: 'istio-system-STRICT' },
  });
  t.is(mode.ofPod?.name, 'ml-undefined');
  t.is(meshModeOf(seen([rule('istio-system', 'STRICT')]), pod({}), 8888).ofPod, undefined);
});

test('plain calls of a port are admitted by a rule for the Pods, or by the one that they have', async (t) => {
  const commandOf = async (rules: object) => {
    const dump = withDifference(dumpNamed('mesh-requires-mtls'), {
      topics: { peerAuthentications: rules },
    } as Difference);
    const { stdout } = await diagnose({ text: JSON.stringify(dump), arguments: ['train', '8888'] }, '-o', 'json');
    const found = JSON.parse(stdout).checks.find(({ id }: { id: string }) => id === 'mesh-admits-callers');
    return found.findings[0].cures[0].command as string;
  };
  const [, manifest] = /^echo '(.*)' \| kubectl apply -f -$/.exec(await commandOf({})) ?? [];
  t.deepEqual(JSON.parse(manifest!), {
    apiVersion: 'security.istio.io/v1beta1',
    kind: 'PeerAuthentication',
    metadata: { name: 'train-2ea485ef', namespace: 'default' },
    spec: {
      selector: { matchLabels: { 'skypilot-cluster-name': 'train-2ea485ef' } },
      portLevelMtls: { 8888: { mode: 'PERMISSIVE' } },
    },
  });
  const selector = { matchLabels: { 'skypilot-cluster-name': 'train-2ea485ef' } };
  t.is(
    await commandOf({ 'default/own': { spec: { selector } } }),
    `kubectl patch peerauthentication own -n default --type=merge -p '{"spec":{"portLevelMtls":{"8888":{"mode":"PERMISSIVE"}}}}'`,
    'the oldest of two rules would count',
  );
});

test('the oldest of two counts, and rules that were not seen say nothing', (t) => {
  t.true(
    strict(rule('ml', 'PERMISSIVE', {}, '2026-02-01T00:00:00Z'), rule('ml', 'STRICT', {}, '2026-01-01T00:00:00Z')),
  );
  t.is(meshModeOf(forbidden('peerauthentications'), pod({}), 8888).isStrict, undefined);
});

test('a mesh is told by its container, also a native sidecar, or by the marks of ambient mode', (t) => {
  const nameOf = (fields: Parameters<typeof pod>[0]) => meshOf(pod(fields))?.name;
  t.is(nameOf({}), undefined);
  t.is(nameOf({ containers: ['istio-proxy'] }), 'Istio');
  t.is(nameOf({ init: ['istio-proxy'] }), 'Istio');
  t.is(nameOf({ init: ['linkerd-proxy'] }), 'Linkerd');
  t.is(nameOf({ containers: ['kuma-sidecar'] }), 'Kuma');
  t.is(nameOf({ containers: ['consul-dataplane'] }), 'Consul');
  t.is(nameOf({ labels: { 'istio.io/dataplane-mode': 'ambient' } }), 'Istio ambient');
  t.is(nameOf({ annotations: { 'ambient.istio.io/redirection': 'enabled' } }), 'Istio ambient');
});

test('a port that the annotation excludes bypasses the mesh', (t) => {
  const [istio] = meshes;
  const linkerd = meshes.find(({ name }) => name === 'Linkerd')!;
  const bypasses = (mesh: typeof linkerd, annotations: Record<string, string>) =>
    bypassesMesh(pod({ annotations }), mesh, 8888);
  t.false(bypasses(istio!, {}));
  t.true(bypasses(istio!, { 'traffic.sidecar.istio.io/excludeInboundPorts': '22, 8888' }));
  t.false(bypasses(istio!, { 'traffic.sidecar.istio.io/excludeInboundPorts': '22' }));
  t.true(bypasses(istio!, { 'traffic.sidecar.istio.io/includeInboundPorts': '80' }));
  t.false(bypasses(istio!, { 'traffic.sidecar.istio.io/includeInboundPorts': '*' }));
  t.true(bypasses(linkerd, { 'config.linkerd.io/skip-inbound-ports': '8000-9000' }));
  t.false(bypasses(linkerd, { 'traffic.sidecar.istio.io/excludeInboundPorts': '8888' }));
});
