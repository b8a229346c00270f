import type { Service } from 'kubernetes-types/core/v1';
import { advice, command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import { replaceLoadBalancer } from '../exposure/plan/unexpose-command.ts';
import { mappingOf } from '../exposure/port-mapping.ts';
import type { Connection } from '../kubernetes/api/connect.ts';
import { healthCheckScopeOf, type Probed, pinned } from '../platforms/health-check.ts';
import type { LoadBalancer } from '../platforms/platform.ts';
import { operandOf } from '../skypilot/operand.ts';
import { headPodOf } from '../skypilot/sky-cluster.ts';
import { listens } from '../snapshot/listening-sockets.ts';
import type { Adjusted, LoadBalancerContext, LoadBalancerOptions } from './context.ts';
import { metadataThen, withAnnotations } from './merge-metadata.ts';
import { theOnly } from './place.ts';

/**
 * Makes the load balancer's health check probe one port. An annotation sets this port, or the port has to be first in
 * the Service.
 *
 * If the user names no port, this function chooses one only if one probe decides for all ports. It is the first port
 * that the user opens. With `--probe=pod`, it is the first port that an app listens on.
 *
 * @throws UsageError if the named port is not opened, or if the health check cannot be set to one port
 */
export async function withHealthCheck(
  request: ExposeRequest,
  { healthCheck, probe }: LoadBalancerOptions,
  around: LoadBalancerContext,
): Promise<Adjusted> {
  if (typeof healthCheck === 'number') return probeRequestedPort(request, healthCheck, around);
  const { candidates, live, namedPorts, connection } = around;
  if (probe === 'pod') refuseProbe(request, around);
  const [only, second] = candidates;
  if (healthCheck === 'none' || live || !only || second) return { request, notes: [] };
  const deciding = healthCheckScopeOf(only.what, probedAs(request, live));
  if (deciding.scope !== 'shared') return { request, notes: [] };
  // If an annotation of the user already sets the port of the health check, choose none.
  if (deciding.port !== undefined) return { request, notes: [annotated(deciding.port, only.what)] };
  const found = probe === 'pod' ? await firstThatListens(request, namedPorts, connection) : undefined;
  const port = found ?? namedPorts[0]!;
  const isAlone = request.ports.length === 1;
  const deaf = probe === 'pod' && found === undefined ? ['nothing listens on these ports'] : [];
  return {
    request: { ...request, firstPort: port },
    notes: isAlone ? deaf : [...deaf, `${noteOf(port, only.what)}; --health-check PORT chooses another`],
  };
}

function annotated(port: number, { title }: LoadBalancer): string {
  return `the health of all ports depends on port ${port}: annotations lead ${title} there`;
}

function noteOf(port: number, { title }: LoadBalancer): string {
  return `the health of all ports depends on port ${port}: ${title} probes one port for all`;
}

/** The fields that determine the health check, with the values that the Service will have after the request. */
function probedAs(request: ExposeRequest, live: Service | undefined): Probed {
  return {
    annotations: metadataThen(request.annotations, live?.metadata?.annotations),
    externalTrafficPolicy: request.externalTrafficPolicy ?? live?.spec?.externalTrafficPolicy,
  };
}

/**
 * Refuses `--probe=pod` if it would have no effect.
 *
 * @throws UsageError for an existing Service, and if no single probe decides for all ports
 */
function refuseProbe(request: ExposeRequest, { candidates, live }: LoadBalancerContext): void {
  const { what } = theOnly(candidates, '--probe=pod');
  if (live) {
    throw new UsageError(
      'immutable-health-check',
      `--probe=pod: Service ${live.metadata?.name} already exists, and the order of its ports cannot be changed`,
      replaceLoadBalancer(request.skyCluster),
    );
  }
  if (healthCheckScopeOf(what, probedAs(request, live)).scope === 'shared') return;
  throw new UsageError(
    'not-supported-by-platform',
    `--probe=pod: with ${what.title} no single probe decides for all ports, as far as is known`,
    [
      advice('leave --probe out'),
      cure(
        command`kubectl skyports doctor ${operandOf(request.skyCluster)} -n ${request.skyCluster.namespace} --probe=pod`,
        'shows what listens in the Pod',
      ),
    ],
  );
}

function probeRequestedPort(request: ExposeRequest, port: number, { candidates, live }: LoadBalancerContext): Adjusted {
  const added = request.ports.map(({ servicePort }) => servicePort);
  const open = [...new Set([...(live?.spec?.ports ?? []).map((each) => each.port), ...added])];
  if (!open.includes(port)) {
    throw new UsageError('port-not-opened', `--health-check ${port}: that port is not open`, [
      advice(`--health-check takes one of ${open.join(', ')}`),
    ]);
  }
  const { what } = theOnly(candidates, '--health-check');
  if (probedAs(request, live).externalTrafficPolicy === 'Local') {
    throw new UsageError(
      'flags-exclude-each-other',
      '--health-check: with externalTrafficPolicy Local, health checks go to the nodes (spec.healthCheckNodePort), not to a port of the app',
      [advice('leave out --health-check, or the policy')],
    );
  }
  const pin = pinned(what, port, open, live?.metadata?.annotations ?? {});
  if (pin) {
    const reason = Object.entries(pin.set).map(([key, value]) => `${key}=${value}`);
    const note = `the health of all ports depends on port ${port}: ${reason.join(', ') || 'it is the only one'} (${what.title})`;
    const annotations = withAnnotations(request, pin.set, '--health-check');
    const remove = [...annotations.remove, ...pin.remove];
    return { request: { ...request, annotations: { ...annotations, remove } }, notes: [note] };
  }
  if (healthCheckScopeOf(what, probedAs(request, live)).scope !== 'shared') {
    throw new UsageError(
      'not-supported-by-platform',
      `${what.title}: no single probe decides for all ports, as far as is known`,
      [advice('leave --health-check out')],
    );
  }
  if (live) {
    if (live.spec?.ports?.[0]?.port === port) return { request, notes: [noteOf(port, what)] };
    throw new UsageError(
      'immutable-health-check',
      `${what.title} probes the first port of a Service, and the order of the ports cannot be changed later`,
      replaceLoadBalancer(request.skyCluster, `with --health-check ${port}`),
    );
  }
  return { request: { ...request, firstPort: port }, notes: open.length === 1 ? [] : [noteOf(port, what)] };
}

/** The first named port that an app listens on. Undefined if there is none, or if the Pod could not be probed. */
async function firstThatListens(
  { skyCluster, ports }: ExposeRequest,
  namedPorts: readonly number[],
  connection: Connection,
): Promise<number | undefined> {
  const head = headPodOf(skyCluster);
  if (!head) return undefined;
  const { probePods } = await import('../kubernetes/snapshots/probe-pods.ts');
  const inPod = (servicePort: number) => {
    const { targetPort } = ports.find((each) => each.servicePort === servicePort)!;
    return mappingOf({ port: servicePort, targetPort }, skyCluster).targetPort;
  };
  const podPorts = namedPorts.map((port) => ({
    namespace: skyCluster.namespace,
    pod: head.metadata?.name ?? '',
    port: inPod(port),
  }));
  const probes = await probePods(connection, podPorts);
  const at = probes.findIndex((probe) => listens(probe) && (probe.proxy.outcome === 'answers' || probe.listening));
  return at < 0 ? undefined : namedPorts[at];
}
