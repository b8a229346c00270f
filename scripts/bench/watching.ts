import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { admin, until } from '../../test/helpers/cluster.ts';
import { skyNames } from '../../test/helpers/skypilot-objects.ts';
import { statusOf } from './peak-memory.ts';
import { type Contestants, environmentFor } from './stage.ts';
import { namespaceOf } from './world.ts';

/** What `endpoints -A --watch` takes while objects change. */
export interface WatchFigures {
  /** How long objects changed, in seconds. */
  readonly seconds: number;
  /** The writes in this time. The real controllers change EndpointSlices besides. */
  readonly writes: number;
  /** All changes that etcd stored in this time, those of the controllers too. */
  readonly stored: number;
  readonly processorSeconds: number;
  /** The resident memory in MiB, before the changes and after them. */
  readonly memoryBefore: number;
  readonly memoryAfter: number;
}

/** `memoryRatio` is the memory after the changes over the memory before them. */
export const watchLimits = { processorSeconds: 10, memoryRatio: 1.1, seconds: 180, writesPerSecond: 18 } as const;

/** Watches all ports of `count` SkyPilot clusters while their objects change, 18 times a second for 180 seconds. */
export async function measureWatching(contestants: Contestants, count: number): Promise<WatchFigures | undefined> {
  if (process.platform !== 'linux') return undefined;
  const child = spawn(contestants.executable, ['endpoints', '-A', '--watch', '--no-headers'], {
    env: { ...environmentFor(contestants, contestants.kubeconfig), SKYPORTS_PROBE: 'false' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let lines = 0;
  child.stdout.on('data', (part: Buffer) => {
    lines += part.toString().split('\n').length - 1;
  });
  await until('all rows are printed', () => lines >= count, { withinMs: 120_000 });
  await sleep(5000);
  const pid = child.pid!;
  const [processorBefore, memoryBefore, revisionBefore] = [processorSecondsOf(pid), memoryOf(pid), await revision()];
  const linesBefore = lines;
  const begun = performance.now();
  const writes = watchLimits.seconds * watchLimits.writesPerSecond;
  for (let index = 0; index < writes; index++) {
    await sleep(Math.max(0, begun + (index * 1000) / watchLimits.writesPerSecond - performance.now()));
    await changeOne(index, count);
  }
  const seconds = (performance.now() - begun) / 1000;
  await sleep(2000);
  const figures = {
    ...{ seconds, writes, stored: (await revision()) - revisionBefore },
    processorSeconds: processorSecondsOf(pid) - processorBefore,
    ...{ memoryBefore, memoryAfter: memoryOf(pid) },
  };
  if (lines === linesBefore) throw new Error('endpoints --watch has printed no change');
  child.kill('SIGINT');
  await ended;
  return figures;
}

/** One write in turn: the address of a load balancer, the readiness of a Pod, an annotation of an Ingress. */
async function changeOne(index: number, count: number): Promise<void> {
  const kind = index % 3;
  // Even numbers have load balancers, odd ones an Ingress (world.ts).
  const number = (Math.floor(index / 3) * 2 * 97 + (kind === 2 ? 1 : 0)) % count;
  const namespace = namespaceOf(number);
  const { nameOnCloud } = skyNames(namespace, `cluster-${number}`);
  if (kind === 0) {
    const status = { loadBalancer: { ingress: [{ ip: `203.0.113.${index % 250}` }] } };
    await admin('PATCH', `/api/v1/namespaces/${namespace}/services/${nameOnCloud}--skypilot-lb/status`, { status });
  } else if (kind === 1) {
    const conditions = [{ type: 'Ready', status: index % 2 ? 'True' : 'False' }];
    await admin('PATCH', `/api/v1/namespaces/${namespace}/pods/${nameOnCloud}-head/status`, { status: { conditions } });
  } else {
    const annotations = { 'example.com/changed': String(index) };
    const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/${nameOnCloud}-skypilot-ingress`;
    await admin('PATCH', path, { metadata: { annotations } });
  }
}

async function revision(): Promise<number> {
  return Number((await admin('GET', '/api/v1/nodes?limit=1')).metadata.resourceVersion);
}

/** User and system time of a process so far (proc_pid_stat(5), in hundredths of a second). */
function processorSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function memoryOf(pid: number): number {
  return (statusOf(pid).VmRSS ?? 0) / 1024;
}
