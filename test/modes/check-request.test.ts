import test from 'ava';
import { advice } from '../../src/errors/cure.ts';
import { UsageError } from '../../src/errors/usage-error.ts';
import { refuseDangerousPorts } from '../../src/modes/check-request.ts';
import { type Asked, planAt, requestOf, train } from '../helpers/requests.ts';
import { saidBy } from '../helpers/said.ts';
import { skyPod } from '../helpers/skypilot-objects.ts';

const refused: Readonly<Record<string, [Asked, RegExp]>> = {
  '101 ports in ingress mode': [
    { mode: 'ingress', ports: '1000-1100' },
    /^101 ports are more than the 100 that one call may open in ingress mode; name only the ports that are needed; or add --mode loadbalancer: one Service holds them all$/,
  ],
  '1000 ports in ingress mode': [
    { mode: 'ingress', ports: '1000-1999' },
    /^1000 ports .*; or add --mode loadbalancer: one Service holds them all$/,
  ],
  '1001 ports in ingress mode': [
    { mode: 'ingress', ports: '1000-2000' },
    /^1001 ports .*; name only the ports that are needed$/,
  ],
  '1001 ports': [
    { ports: '1000-2000' },
    /^1001 ports are more than the 1000 that one call may open in loadbalancer mode; name only the ports that are needed$/,
  ],
  'all ports, also with --allow-reserved': [
    { ports: '1-65535', allowReserved: true },
    /^65535 ports are more than the 1000/,
  ],
  '1001 Pod IPs': [{ mode: 'podip', ports: '1000-2000' }, /^1001 ports/],
  'a mapping in podip mode': [
    { mode: 'podip', ports: '80:8888' },
    /^in podip mode callers dial the Pod itself: 80:8888 cannot be mapped; write 8888; or add --mode loadbalancer, --mode ingress or --mode nodeport, which map ports$/,
  ],
  SSH: [
    { ports: '22' },
    /^port 22 is SSH: .*: kubectl skyports forward train 22 -n default; add --allow-reserved to open it anyway$/,
  ],
  'a reserved port in a range': [{ ports: '6375-6385' }, /^port 6380 is Ray's head node/],
  'a reserved Pod port behind another': [{ ports: '80:8265' }, /^port 8265 is Ray's dashboard/],
  'a reserved port in podip mode': [{ mode: 'podip', ports: '46590' }, /^port 46590 is SkyPilot's gRPC server/],
};
for (const [title, [asked, says]] of Object.entries(refused)) {
  test(`${title}: refused`, (t) => {
    const error = t.throws(() => refuseDangerousPorts(requestOf(asked)), { instanceOf: UsageError });
    t.regex(saidBy(error), says);
  });
}

test('a port that SkyPilot gave to a Pod with hostNetwork: refused, and opened with --allow-reserved', (t) => {
  const pod = skyPod(train);
  const ports = Array.from({ length: 10 }, (_, place) => ({
    containerPort: 24_310 + place,
    hostPort: 24_310 + place,
    ...(place === 8 ? { name: 'ssh' } : {}),
  }));
  const containers = [{ name: 'ray-node', ports: [...ports, { containerPort: 8000, hostPort: 8000 }] }];
  const head = { ...pod, spec: { ...pod.spec!, hostNetwork: true, containers } };
  const skyCluster = { ...train, pods: [head] };
  const error = t.throws(() => refuseDangerousPorts(requestOf({ skyCluster, ports: '80:24319' })), {
    instanceOf: UsageError,
  });
  t.regex(error.message, /^port 24319 is SkyPilot's gRPC server: anyone who can reach it can run code in the Pod$/);
  t.notThrows(() => refuseDangerousPorts(requestOf({ skyCluster, ports: '24319', allowReserved: true })));
  t.notThrows(() => refuseDangerousPorts(requestOf({ skyCluster, ports: '8000' })));
});

const allowed: Readonly<Record<string, Asked>> = {
  '100 ports in ingress mode': { mode: 'ingress', ports: '1000-1099' },
  '1000 ports': { ports: '1000-1999' },
  'a reserved port with --allow-reserved': { ports: '22 8265', allowReserved: true },
  'a reserved Service port for a free Pod port': { ports: '22:8888' },
  'a mapping that maps nothing in podip mode': { mode: 'podip', ports: '8888:8888' },
};
for (const [title, asked] of Object.entries(allowed)) {
  test(`${title}: allowed`, (t) => t.notThrows(() => refuseDangerousPorts(requestOf(asked))));
}

const head = skyPod(train);
const second = skyPod(train);
second.metadata!.name = 'second-head';
const going = { ...head, metadata: { ...head.metadata, deletionTimestamp: '2026-11-02T12:00:00Z' } };

test('one live head: no warning; finished and terminating ones do not count', (t) => {
  t.deepEqual(planAt([head], {}).warnings, []);
  t.deepEqual(planAt([skyPod(train, { phase: 'Failed' }), going, head, skyPod(train, { worker: 1 })], {}).warnings, []);
});

test('more than one live head is refused, but for --all-nodes and --force', (t) => {
  const error = t.throws(() => planAt([head, second], {}), { instanceOf: UsageError });
  t.is(
    error.message,
    `component=train-2ea485ef-head selects 2 live Pods (train-2ea485ef-head, second-head) and not the head alone`,
  );
  t.is(error.code, 'several-head-pods');
  t.deepEqual(error.cures, [advice('add --all-nodes to open the port on all of them')]);
  t.deepEqual(planAt([head, second], { allNodes: true }).warnings, []);
  t.deepEqual(planAt([head, second], { force: true }).warnings, []);
});

test('no live Pod: a warning, and exposed anyway', (t) => {
  for (const pods of [[skyPod(train, { worker: 1 })], [skyPod(train, { phase: 'Failed' })], [going]]) {
    const { warnings, writes } = planAt(pods, {});
    t.deepEqual(warnings, ['no live Pod has component=train-2ea485ef-head now; the port answers once there is one']);
    t.is(writes.length, 1);
  }
});

test('a Pod that is not Ready: a warning with its trouble', (t) => {
  t.deepEqual(planAt([skyPod(train, { phase: 'Pending' })], {}).warnings, [
    'Pod train-2ea485ef-head is Pending; the port answers once it is Ready',
  ]);
});

test('Pods not seen: a warning', (t) => {
  t.deepEqual(planAt([head], {}, { unseen: ['pods'] }).warnings, ['pods were not seen, so it is unknown what answers']);
});

test("a managed job's cluster: a warning", (t) => {
  const { warnings, writes } = planAt([skyPod(train, { annotations: { 'skypilot-managed-job-id': '17' } })], {});
  t.regex(
    warnings[0]!,
    /^this is the cluster of managed job 17: a recovery deletes what is opened here; ports in the task's resources survive it/,
  );
  t.is(writes.length, 1);
});
