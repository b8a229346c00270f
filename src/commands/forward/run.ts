import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { mappingOf } from '../../exposure/port-mapping.ts';
import { indexSnapshot, type SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { collect } from '../../kubernetes/snapshots/collect.ts';
import { findKubectl } from '../../local/programs.ts';
import { allModes } from '../../modes/all-modes.ts';
import { resolveEndpoints } from '../../modes/resolve-endpoints.ts';
import { endpointRequests } from '../../modes/what-to-collect.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import { unseenTopicError } from '../../snapshot/unseen-words.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { connectToCluster } from '../connection/connect.ts';
import { namedPorts } from '../flags/named-ports.ts';
import { skyClusterNamed } from '../sky-cluster/sky-cluster-argument.ts';
import type { ForwardFlagValues } from './command.ts';
import { passedOn, runningHeadOf } from './port-forward.ts';

/**
 * Runs `forward`: finds the head Pod and replaces this process with `kubectl port-forward`.
 *
 * @returns kubectl's exit code
 */
export async function runForward(
  operands: readonly string[],
  flags: ForwardFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  const { name, ports } = namedPorts('forward', operands);
  const wanted = ports.map(readPort);
  const kubectl = findKubectl(system);
  const connection = await connectToCluster(connectionValues, system);
  let args: readonly string[];
  try {
    const { namespace } = connection;
    const { pods, services } = endpointRequests({ namespace });
    const snapshot = await collect(connection, { namespace, requests: { pods: pods!, services: services! } });
    const view = indexSnapshot(snapshot);
    const lookup = { skyClusters: view.skyClusters, namespace, pods: snapshot.topics.pods, prefix: true };
    const skyCluster = await skyClusterNamed(name, lookup, connection, system);
    const { pods: seen } = snapshot.topics;
    if (!seen.observed) {
      throw unseenTopicError('pods', seen, namespace, 'so the head Pod is unknown');
    }
    const { metadata: head } = runningHeadOf(skyCluster);
    const mapped = wanted.map((each) => podPortOf(each, view, skyCluster, system));
    args = [
      'port-forward',
      `pod/${head?.name}`,
      ...mapped,
      `--namespace=${namespace}`,
      ...passedOn(connectionValues),
      ...own(flags),
    ];
  } finally {
    connection.close();
  }
  return system.handOver(kubectl, args);
}

interface WantedPort {
  /** The local port before the colon. '' means any free port. Undefined if there is no colon. */
  readonly local: string | undefined;
  readonly port: number;
}

function readPort(word: string): WantedPort {
  const [, local, port] = /^(?:(\d*):)?(\d+)(?:\/tcp)?$/i.exec(word) ?? [];
  const numbers = [Number(port), ...(local ? [Number(local)] : [])];
  if (port !== undefined && numbers.every((each) => each >= 1 && each <= 65_535)) return { local, port: Number(port) };
  throw new UsageError('invalid-port', `"${word}" is not a valid port`, [
    advice('write it like 8888, 8080:80 or :80, from 1 to 65535'),
  ]);
}

/**
 * The port for kubectl's command line. kubectl forwards to a port of the Pod. So this is the target port of the Service
 * port.
 */
function podPortOf(
  { local, port }: WantedPort,
  view: SnapshotIndex,
  skyCluster: SkyCluster,
  { stderr }: System,
): string {
  if (local !== undefined) return `${local}:${port}`;
  const row = resolveEndpoints(view, { skyClusters: [skyCluster], ports: [port] }).find(isOpened);
  const podPort = row ? mappingOf(row, skyCluster).targetPort : port;
  if (podPort === port) return `${port}`;
  stderr.line(`Service port ${port} leads to port ${podPort} of the Pod, which is forwarded`);
  return `${port}:${podPort}`;
}

/** Whether a Service or an Ingress opens this port, over TCP. */
export function isOpened({ mode, protocol }: Endpoint): boolean {
  return allModes[mode].recordsPorts && protocol === 'TCP';
}

function own(flags: ForwardFlagValues): string[] {
  const { address = [], 'pod-running-timeout': timeout } = flags;
  return [...address.map((each) => `--address=${each}`), ...(timeout ? [`--pod-running-timeout=${timeout}`] : [])];
}
