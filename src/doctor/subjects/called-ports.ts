import { type Endpoint, isOpenedInAdvance } from '../../exposure/endpoint.ts';
import { allModes } from '../../modes/all-modes.ts';
import { isServePort } from '../../skypilot/controllers.ts';
import { type AddressProbe, probeKey } from '../../snapshot/probe.ts';
import { listed } from '../../snapshot/text.ts';
import { itemsOf, type Topic } from '../../snapshot/topics.ts';
import { type CheckContext, clusterKey, endpointsOf } from '../check-context.ts';
import { isUnusedServePort } from './answer.ts';
import { controllerTopics } from './judged-controllers.ts';
import { targetsOf } from './probe-targets.ts';

/** The topics of every check that judges calls. */
export const calledTopics = [
  ...controllerTopics,
  'endpointSlices',
  'nodes',
  'probes',
] as const satisfies readonly Topic[];

/** A port that was called at one of its addresses. */
export interface CalledPort {
  readonly row: Endpoint;
  readonly probe: AddressProbe;
}

type Judged = Pick<CheckContext, 'view' | 'subject'>;

/**
 * The checked ports with the results of calls, one entry for each address. A call is left out if it only shows that
 * SkyServe has no service on the port.
 */
export function calledPorts(scene: Judged): CalledPort[] {
  const calls = allCalledPorts(scene);
  const inUse = new Set(
    calls
      .filter(({ row, probe }) => isServePort(row, row.port) && probe.connection?.outcome === 'open')
      .map(({ row }) => clusterKey(row)),
  );
  // Some load balancers drop connections to a port if its health check fails. So a dropped connection may only mean
  // that the port has no service.
  const isDropped = ({ row, probe }: CalledPort) =>
    !scene.subject.ports &&
    isOpenedInAdvance(row) &&
    allModes[row.mode].answeredBy === 'app' &&
    probe.connection?.outcome === 'no-answer' &&
    inUse.has(clusterKey(row));
  return calls.filter((call) => !isUnusedServePort(call.row, call.probe) && !isDropped(call));
}

/** Calls to ports that the user named, if they show that SkyServe has no service there. */
export function unusedServePorts(scene: Judged): CalledPort[] {
  if (!scene.subject.ports) return [];
  return allCalledPorts(scene).filter(({ row, probe }) => isUnusedServePort(row, probe));
}

function allCalledPorts(scene: Judged): CalledPort[] {
  const probes = new Map(itemsOf(scene.view.snapshot.topics.probes).map((probe) => [probeKey(probe), probe]));
  return endpointsOf(scene).flatMap((row) =>
    targetsOf(row).flatMap((target) => {
      const probe = probes.get(probeKey(target));
      return probe ? [{ row, probe }] : [];
    }),
  );
}

/** Why no call can be judged; undefined if at least one call can be judged. */
export function notCalled(scene: Judged): string | undefined {
  const { probes } = scene.view.snapshot.topics;
  if (!probes.observed && probes.reason === 'not-collected') return 'not asked for';
  if (endpointsOf(scene).every((row) => targetsOf(row).length === 0)) return 'no checked port has an address to call';
  return undefined;
}

/**
 * Why failed calls prove nothing; undefined if they prove a fault.
 * @param failed whether a call failed at the stage of the check: DNS, TCP, TLS or HTTP
 */
export function unprovedCalls(scene: Judged, failed: (probe: AddressProbe) => boolean): string | undefined {
  const calls = calledPorts(scene).filter(({ probe }) => failed(probe) && isBehindProxy(probe));
  const proxy = calls[0]?.probe.proxy;
  if (!proxy) return undefined;
  const hosts = [...new Set(calls.map(({ probe }) => probe.host))];
  return `this machine calls ${listed(hosts)} through the proxy ${proxy}, and probes go to the address itself`;
}

/**
 * Whether other programs on this machine use a proxy for this address. The plugin calls without the proxy, so a failed
 * call then proves nothing.
 */
export function isBehindProxy({ proxy }: AddressProbe): boolean {
  return typeof proxy === 'string';
}

/** Calls with the same fault, grouped by SkyPilot cluster and by `keyOf`. */
export function groupedCalls(calls: readonly CalledPort[], keyOf: (call: CalledPort) => string): CalledPort[][] {
  return [...Map.groupBy(calls, (call) => `${clusterKey(call.row)} ${keyOf(call)}`).values()];
}

/** The Service ports of the calls, for `Finding.servicePorts`. */
export function servicePortsOf(calls: readonly CalledPort[]): readonly number[] {
  return [...new Set(calls.map(({ row }) => row.port))];
}

/** The ports of the calls as text: `port 8888`, or `ports 8888 and 9000`. */
export function portsOf(calls: readonly CalledPort[]): string {
  const ports = servicePortsOf(calls).map(String);
  return `port${ports.length === 1 ? '' : 's'} ${listed(ports)}`;
}
