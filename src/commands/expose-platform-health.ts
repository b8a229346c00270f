import type { Service } from 'kubernetes-types/core/v1';
import { UsageError } from '../errors/usage-error.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import { mappingOf } from '../exposure/pod-port.ts';
import type { Connection } from '../kubernetes/connect.ts';
import type { Detected } from '../platforms/detect.ts';
import { decidesOf, pinned } from '../platforms/health-check.ts';
import type { LoadBalancer } from '../platforms/platform.ts';
import { headPodOf } from '../skypilot/sky-cluster.ts';
import { listens } from '../snapshot/listening-sockets.ts';
import { withAnnotations } from './added-metadata.ts';
import type { AskedOfPlatform } from './expose-platform-flags.ts';
import { theOnly } from './expose-platform-place.ts';

interface Around {
  readonly candidates: readonly Detected<LoadBalancer>[];
  /** Our Service, when it is there. */
  readonly live: Service | undefined;
  /** The Service ports in the order in which they were named. */
  readonly namedPorts: readonly number[];
  readonly connection: Connection;
}

interface Part {
  readonly request: ExposeRequest;
  readonly notes: readonly string[];
}

/**
 * Turns the health of a load balancer to the port that was asked for, by its annotations or by the port's place in the list.
 * Unasked it does so where one probe decides for all ports: to the first that was named, or with `--probe=pod` to the first
 * that something listens on.
 *
 * @throws UsageError for a port that is not opened, and where nothing can be pinned
 */
export async function withHealthCheck(
  request: ExposeRequest,
  { healthCheck, probe }: AskedOfPlatform,
  around: Around,
): Promise<Part> {
  if (typeof healthCheck === 'number') return asked(request, healthCheck, around);
  const { candidates, live, namedPorts, connection } = around;
  const [only, second] = candidates;
  if (healthCheck === 'none' || live || !only || second) return { request, notes: [] };
  if (decidesOf(only.what, request.annotations.set) !== 'one') return { request, notes: [] };
  const found = probe === 'pod' ? await firstThatListens(request, namedPorts, connection) : undefined;
  const port = found ?? namedPorts[0]!;
  const isAlone = request.ports.length === 1;
  const deaf = probe === 'pod' && found === undefined ? ['nothing was seen to listen on any of these ports'] : [];
  return { request: { ...request, firstPort: port }, notes: isAlone ? deaf : [...deaf, noteOf(port, only.what)] };
}

function noteOf(port: number, { title }: LoadBalancer): string {
  return `the health of all ports hangs on port ${port}: ${title} probes one port for all`;
}

function asked(request: ExposeRequest, port: number, { candidates, live }: Around): Part {
  const added = request.ports.map(({ servicePort }) => servicePort);
  const open = [...new Set([...(live?.spec?.ports ?? []).map((each) => each.port), ...added])];
  if (!open.includes(port)) {
    throw new UsageError(`--health-check ${port}: that port is not opened`, `it takes one of ${open.join(', ')}`);
  }
  const { what } = theOnly(candidates, '--health-check');
  const annotations = pinned(what, port, open);
  if (annotations) {
    const because = Object.entries(annotations).map(([key, value]) => `${key}=${value}`);
    const note = `the health of all ports hangs on port ${port}: ${because.join(', ') || 'it is the only one'} (${what.title})`;
    return {
      request: { ...request, annotations: withAnnotations(request, annotations, '--health-check') },
      notes: [note],
    };
  }
  if (decidesOf(what, request.annotations.set) !== 'one') {
    throw new UsageError(
      `${what.title}: no single probe decides for all ports, as far as is known`,
      'leave --health-check out',
    );
  }
  if (live) {
    throw new UsageError(
      `${what.title} probes the first port of a Service, and that order is set when it is made`,
      'unexpose, then expose with the port first',
    );
  }
  return { request: { ...request, firstPort: port }, notes: open.length === 1 ? [] : [noteOf(port, what)] };
}

/** Of the ports in their order; undefined when none was seen to listen, or nothing could be seen. */
async function firstThatListens(
  { skyCluster, ports }: ExposeRequest,
  namedPorts: readonly number[],
  connection: Connection,
): Promise<number | undefined> {
  const head = headPodOf(skyCluster);
  if (!head) return undefined;
  const { probePods } = await import('../kubernetes/probe-pods.ts');
  const inPod = (servicePort: number) => {
    const { targetPort } = ports.find((each) => each.servicePort === servicePort)!;
    return mappingOf({ port: servicePort, targetPort }, skyCluster).targetPort;
  };
  const asked = namedPorts.map((port) => ({
    namespace: skyCluster.namespace,
    pod: head.metadata?.name ?? '',
    port: inPod(port),
  }));
  const probes = await probePods(connection, asked);
  const at = probes.findIndex((probe) => listens(probe) && (probe.proxy.outcome === 'answers' || probe.listening));
  return at < 0 ? undefined : namedPorts[at];
}
