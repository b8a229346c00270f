import type { Subject } from '../../doctor/check-context.ts';
import { withCallers } from '../../doctor/subjects/callers.ts';
import { withKnownSenders } from '../../doctor/subjects/known-senders.ts';
import { podPortsOf, probeTargetsOf } from '../../doctor/subjects/probe-targets.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { environmentProxy, proxyName } from '../../kubernetes/transport/proxy.ts';
import type { AddressProbe, PodProbe } from '../../snapshot/probe.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Observation } from '../../snapshot/topics.ts';
import type { System } from '../../system.ts';
import type { DoctorArguments } from './options.ts';

/** The checked endpoints, and their snapshot. */
export interface Callable {
  readonly view: SnapshotIndex;
  readonly subject: Subject;
  readonly rows: readonly Endpoint[];
}

/**
 * Calls the endpoints from this machine. With `--probe=pod`, also checks the ports of the head Pods from inside the
 * cluster. Returns the snapshot with the results.
 */
export async function withProbes(
  { view, subject, rows }: Callable,
  probe: DoctorArguments['probe'],
  connection: Connection,
  system: System,
): Promise<Snapshot> {
  const { snapshot } = view;
  // Without Services, there are no endpoints to call.
  if (probe === 'none' || !snapshot.topics.services.observed) return snapshot;
  const [probes, podProbes] = await Promise.all([
    callAddresses(view, rows, system),
    probe === 'pod' ? lookInside({ view, subject, rows }, connection) : snapshot.topics.podProbes,
  ]);
  return { ...snapshot, topics: { ...snapshot.topics, probes, podProbes } };
}

async function callAddresses(
  view: SnapshotIndex,
  rows: readonly Endpoint[],
  system: System,
): Promise<Observation<AddressProbe>> {
  const { probeAddresses } = await import('../../probes/probe-addresses.ts');
  const options = { proxyOf: proxyFor(system), looksAtPages: true, limitMs: system.probeLimitMs };
  const probes = await probeAddresses(probeTargetsOf(rows), options);
  return seen(withCallers(withKnownSenders(probes, view, rows), view));
}

async function lookInside({ view, subject, rows }: Callable, connection: Connection): Promise<Observation<PodProbe>> {
  const { probePods } = await import('../../kubernetes/snapshots/probe-pods.ts');
  return seen(await probePods(connection, podPortsOf(view, subject, rows)));
}

function seen<T>(items: readonly T[]): Observation<T> {
  return { observed: true, items, resourceVersion: '', cutOff: false };
}

/** The proxy that other programs on this machine use for a URL, without credentials. */
export function proxyFor({ env }: Pick<System, 'env'>): (url: string) => string | undefined {
  return (url) => {
    // An address of a Service may contain text that is not valid in a URL.
    const proxy = URL.canParse(url) ? environmentProxy(new URL(url), env) : undefined;
    return proxy && proxyName(proxy);
  };
}
