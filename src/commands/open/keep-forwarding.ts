import { setTimeout as delay } from 'node:timers/promises';
import type { Pod } from 'kubernetes-types/core/v1';
import { podFaultOf } from '../../doctor/subjects/pod-fault.ts';
import { command, cure } from '../../errors/cure.ts';
import { Failure } from '../../errors/failure.ts';
import { indexSnapshot } from '../../exposure/snapshot-index.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { collect, type ListRequests } from '../../kubernetes/snapshots/collect.ts';
import { watchSnapshot } from '../../kubernetes/snapshots/watch-snapshot.ts';
import { startPortForward } from '../../local/port-forward.ts';
import { endpointRequests } from '../../modes/what-to-collect.ts';
import { operandOf } from '../../skypilot/operand.ts';
import { headPodOf, isLive, type SkyCluster } from '../../skypilot/sky-cluster.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { passedOn, runningHeadOf } from '../forward/port-forward.ts';
import { say } from '../messages.ts';

/** The port to forward, and how to reach it. */
export interface Forwarding {
  readonly kubectl: string;
  readonly connection: Connection;
  readonly connectionValues: ConnectionValues;
  readonly skyCluster: SkyCluster;
  /** The snapshot in which the SkyPilot cluster was found. */
  readonly snapshot: Snapshot;
  readonly localPort: number;
  readonly podPort: number;
  /** The Service port; undefined if the port is not open. */
  readonly servicePort: number | undefined;
  readonly system: System;
}

/** How long `open` waits for a new head Pod and for a connection to it, in milliseconds. */
const patienceMs = 600_000;
/**
 * The time before the next attempt, in milliseconds: it grows from `least` to `most`. After a connection of more than
 * `most`, it is `least` again.
 */
const pauseMs = { least: 1000, most: 10_000 };

/**
 * Forwards a local port to the head Pod with `kubectl port-forward`, until a signal arrives. If the connection is lost
 * or the head Pod is replaced, finds the head Pod and starts kubectl again, with the same local port.
 *
 * @param onListening is called when kubectl listens. The forward waits for the first call only. The signal is aborted
 * when this connection is over
 * @returns the exit code of the signal
 * @throws Failure if no head Pod runs, if the first kubectl ends before it listens, and if no connection succeeds for
 * ten minutes
 */
export async function keepForwarding(
  forwarding: Forwarding,
  onListening: (head: Pod, over: AbortSignal) => Promise<void>,
): Promise<number> {
  const { system } = forwarding;
  let head = runningHeadOf(forwarding.skyCluster);
  let { snapshot } = forwarding;
  const signals = system.holdSignals();
  const { received } = signals;
  const signalled = new Promise<'signal'>((resolve) => {
    received.addEventListener('abort', () => resolve('signal'), { once: true });
    if (received.aborted) resolve('signal');
  });
  let hasListened = false;
  let pause = pauseMs.least;
  let lostMs = Date.now();
  while (true) {
    const child = await startPortForward(forwarding.kubectl, argsFor(forwarding, head), system, (line) => {
      if (!/^error: lost connection to pod/.test(line)) say(system, line);
    });
    const startMs = Date.now();
    const over = new AbortController();
    try {
      const isListening = await Promise.race([child.listening, signalled]);
      if (isListening === true) {
        const shown = onListening(head, over.signal);
        if (!hasListened) await shown;
      }
      hasListened ||= isListening === true;
      if (isListening === true) lostMs = Number.POSITIVE_INFINITY;
      const end = await Promise.race([
        signalled,
        child.ended.then((last) => ({ last })),
        ...(isListening === true ? [replaced(forwarding, snapshot, head, over.signal)] : []),
      ]);
      if (end === 'signal') return signals.exitCode;
      if (typeof end === 'object' && !hasListened) {
        throw new Failure(
          'not-forwarded',
          `kubectl port-forward ended: ${end.last.replace(/^error: /, '') || 'it gave no reason'}`,
          [howToFix(forwarding)],
        );
      }
      lostMs = Math.min(lostMs, Date.now());
      const { name } = head.metadata ?? {};
      const fact = end === 'replaced' ? `Pod ${name} is gone` : `the connection to Pod ${name} was lost`;
      if (isListening === true) say(system, `${fact}: connecting again`);
    } finally {
      over.abort();
      await child.stop();
    }
    pause = Date.now() - startMs > pauseMs.most ? pauseMs.least : Math.min(2 * pause, pauseMs.most);
    const next = await nextHead(forwarding, { received, pause, untilMs: lostMs + patienceMs });
    if (!next) return signals.exitCode;
    ({ head, snapshot } = next);
  }
}

function argsFor(
  { skyCluster, localPort, podPort, connectionValues }: Forwarding,
  { metadata }: Pod,
): readonly string[] {
  return [
    ...['port-forward', `pod/${metadata?.name}`, `${localPort}:${podPort}`, `--namespace=${skyCluster.namespace}`],
    ...passedOn({ ...connectionValues, v: withoutPayload(connectionValues.v) }),
  ];
}

/**
 * The verbosity for kubectl, 6 at most. From 7 on, kubectl port-forward logs the forwarded data, which can contain a
 * token (client-go, tools/portforward/tunneling_connection.go).
 */
function withoutPayload(verbosity: string | undefined): string | undefined {
  return Number(verbosity) > 6 ? '6' : verbosity;
}

const podRequest = (namespace: string): ListRequests => ({
  namespace,
  requests: { pods: endpointRequests({ namespace }).pods! },
});

/**
 * Resolves when the Pod is deleted or is no longer the head of its SkyPilot cluster. Never resolves if the user may not
 * watch Pods.
 */
async function replaced(
  { connection, skyCluster }: Forwarding,
  snapshot: Snapshot,
  { metadata }: Pod,
  stop: AbortSignal,
): Promise<'replaced'> {
  try {
    for await (const next of watchSnapshot(connection, podRequest(skyCluster.namespace), snapshot, stop)) {
      if (!next.topics.pods.observed) continue;
      const head = headIn(next, skyCluster);
      if (!head || head.metadata?.uid !== metadata?.uid || !isLive(head)) return 'replaced';
    }
  } catch {
    // Without a watch, kubectl itself notices the lost connection, but later.
  }
  return new Promise(() => {});
}

/**
 * Waits for a running head Pod.
 *
 * @returns undefined after a signal
 * @throws Failure if no head Pod runs before `untilMs`
 */
async function nextHead(
  forwarding: Forwarding,
  { received, pause, untilMs }: { readonly received: AbortSignal; readonly pause: number; readonly untilMs: number },
): Promise<{ readonly head: Pod; readonly snapshot: Snapshot } | undefined> {
  const { connection, skyCluster, system } = forwarding;
  let told = '';
  while (true) {
    await delay(pause, undefined, { signal: received }).catch(() => {});
    if (received.aborted) return undefined;
    let why = `SkyPilot cluster ${skyCluster.displayName} has no head Pod`;
    try {
      const snapshot = await collect(connection, podRequest(skyCluster.namespace));
      const head = headIn(snapshot, skyCluster);
      const fault = head && podFaultOf(head);
      if (head && !fault && isLive(head)) return { head, snapshot };
      if (head) why = `Pod ${head.metadata?.name} ${fault?.fact ?? 'is ending'}`;
      if (!snapshot.topics.pods.observed) why = snapshot.topics.pods.message;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      why = error.message;
    }
    if (Date.now() > untilMs) throw new Failure('not-forwarded', why, [howToFix(forwarding)]);
    if (told !== why) say(system, `${why}: waiting`);
    told = why;
  }
}

function headIn(snapshot: Snapshot, { namespace, nameOnCloud }: SkyCluster): Pod | undefined {
  const skyCluster = indexSnapshot(snapshot).skyClusterNamed(namespace, nameOnCloud);
  return skyCluster && headPodOf(skyCluster);
}

function howToFix({ skyCluster, servicePort }: Forwarding) {
  return cure(
    command`kubectl skyports doctor ${operandOf(skyCluster)} ${servicePort} -n ${skyCluster.namespace}`,
    'says what is wrong and how to fix it',
  );
}
