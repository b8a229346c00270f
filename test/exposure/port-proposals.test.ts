import test from 'ava';
import type { Pod } from 'kubernetes-types/core/v1';
import type { Endpoint } from '../../src/exposure/endpoint.ts';
import { type FoundPorts, isOffered, portsInHead, proposalsFrom } from '../../src/exposure/port-proposals.ts';
import type { SkyCluster } from '../../src/skypilot/sky-cluster.ts';
import { skyNames, skyPod } from '../helpers/skypilot-objects.ts';

type Ports = { containerPort: number; hostPort?: number; name?: string; protocol?: string }[];

function clusterWith(ports: Ports, displayName = 'train', spec: Partial<Pod['spec']> = {}): SkyCluster {
  const names = skyNames('ml', displayName);
  const pod = skyPod(names);
  const [container, ...others] = pod.spec!.containers;
  return {
    ...names,
    pods: [{ ...pod, spec: { ...pod.spec, ...spec, containers: [{ ...container!, ports }, ...others] } }],
  };
}

const sockets = (...words: string[]) =>
  words.map((word) => {
    const [, address, port] = /^(.*):(\d+)$/.exec(word)!;
    return { address: address!, port: Number(port) };
  });

/** As `7860 declared`; a port that is not offered has brackets. */
function shown(found: readonly FoundPorts[], skyCluster: SkyCluster, rows: readonly Partial<Endpoint>[] = []) {
  return proposalsFrom(found, skyCluster, rows as readonly Endpoint[]).map((proposal) => {
    const text = `${proposal.port} ${proposal.source}`;
    return isOffered(proposal) ? text : `(${text})`;
  });
}

test('ports that containers declare, without those of SkyPilot and Ray, and other protocols', (t) => {
  const declared = [22, 8888, 6380, 8265, 8266, 10001, 46590, 7860].map((containerPort) => ({ containerPort }));
  const skyCluster = clusterWith([...declared, { containerPort: 53, protocol: 'UDP' }]);
  t.deepEqual(shown(portsInHead(skyCluster, undefined), skyCluster), ['7860 declared', '8888 declared']);
});

test('the host ports that SkyPilot gives a Pod with hostNetwork are not proposed', (t) => {
  const own = Array.from({ length: 10 }, (_, i) => ({
    containerPort: 20_000 + i,
    hostPort: 20_000 + i,
    ...(i === 8 && { name: 'ssh' }),
  }));
  const skyCluster = clusterWith([...own, { containerPort: 8888, hostPort: 8888 }], 'train', { hostNetwork: true });
  t.deepEqual(shown(portsInHead(skyCluster, undefined), skyCluster), ['8888 declared']);
});

test('what listens is proposed, too, without ports of SkyPilot, Ray and Linux', (t) => {
  const skyCluster = clusterWith([{ containerPort: 8888 }, { containerPort: 7860 }]);
  const listening = sockets(
    ...['0.0.0.0:22', '::1:8265', '0.0.0.0:6380', ':::8076', '0.0.0.0:11002', '0.0.0.0:40321', '127.0.0.1:33333'],
    ...['0.0.0.0:8888', ':::6006', '127.0.0.1:7860', '10.244.0.5:9000', '127.0.0.1:9000'],
  );
  t.deepEqual(shown(portsInHead(skyCluster, listening), skyCluster), [
    '6006 listening',
    '(7860 inside)',
    '8888 listening',
    '9000 listening',
  ]);
});

test('a controller of SkyPilot proposes nothing', (t) => {
  for (const name of ['sky-serve-controller-2ea485ef', 'sky-jobs-controller-2ea485ef']) {
    const skyCluster = clusterWith([{ containerPort: 30_001 }, { containerPort: 8888 }], name);
    t.deepEqual(portsInHead(skyCluster, sockets('0.0.0.0:30001')), [], name);
  }
});

test('open ports are shown, not offered: by the port of the Service or by that of the Pod', (t) => {
  const skyCluster = clusterWith([]);
  const found: FoundPorts[] = [{ source: 'task', task: 'serve', ports: [22, 80, 8888, 9000, 9001] }];
  const rows = [
    { port: 80, targetPort: 8888, protocol: 'TCP' },
    { port: 9000, targetPort: 9000, protocol: 'UDP' },
  ];
  t.deepEqual(shown(found, skyCluster, rows), ['(80 task)', '(8888 task)', '9000 task', '9001 task']);
});
