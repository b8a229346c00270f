import test from 'ava';
import type { Container, Pod } from 'kubernetes-types/core/v1';
import { assignedPortOwner } from '../../src/skypilot/host-network.ts';
import { train } from '../helpers/requests.ts';
import { skyPod } from '../helpers/skypilot-objects.ts';

function podWith(container: Partial<Container>, hostNetwork = true): Pod {
  const pod = skyPod(train);
  return { ...pod, spec: { ...pod.spec!, hostNetwork, containers: [{ name: 'ray-node', ...container }] } };
}

const portsFrom = (first: number) =>
  Array.from({ length: 10 }, (_, place) => ({
    containerPort: first + place,
    hostPort: first + place,
    ...(place === 8 ? { name: 'ssh' } : {}),
  }));
const owners = (pod: Pod, ports: readonly number[]) => ports.map((port) => assignedPortOwner(pod, port));

test('a block of ten host ports: each has its owner, by its place beside the one of SSH', (t) => {
  const pod = podWith({ ports: [{ containerPort: 8000, hostPort: 8000 }, ...portsFrom(24_310)] });
  t.deepEqual(owners(pod, [24_310, 24_311, 24_314, 24_318, 24_319]), [
    "Ray's head node",
    "SkyPilot's Ray dashboard",
    "Ray's client server",
    'SSH',
    "SkyPilot's gRPC server",
  ]);
  t.deepEqual(owners(pod, [8000, 24_309, 24_320]), [undefined, undefined, undefined]);
});

test('a block of another range is known as well, by its port of SSH', (t) => {
  t.is(assignedPortOwner(podWith({ ports: portsFrom(8000) }), 8009), "SkyPilot's gRPC server");
});

test("a sidecar's host ports are its own", (t) => {
  const pod = podWith({ ports: portsFrom(24_310) });
  pod.spec!.containers.push({ name: 'proxy', ports: [{ containerPort: 24_400, hostPort: 24_400 }] });
  t.is(assignedPortOwner(pod, 24_400), undefined);
});

test('host ports decide; the environment names a port if they do not', (t) => {
  const env = [{ name: 'SKYPILOT_SKYLET_PORT', value: '24319' }];
  t.is(assignedPortOwner(podWith({ env }), 24_319), "SkyPilot's gRPC server");
  t.is(assignedPortOwner(podWith({ env, ports: portsFrom(25_000) }), 24_319), undefined);
  const unnamed = [{ containerPort: 24_319, hostPort: 24_319 }];
  t.is(assignedPortOwner(podWith({ env, ports: unnamed }), 24_319), "SkyPilot's gRPC server");
  t.regex(assignedPortOwner(podWith({ ports: unnamed }), 24_319)!, /SkyPilot gave/);
});

test('without hostNetwork the server gives no ports', (t) => {
  t.is(assignedPortOwner(podWith({ ports: portsFrom(24_310) }, false), 24_319), undefined);
  t.is(assignedPortOwner({}, 24_319), undefined);
});
