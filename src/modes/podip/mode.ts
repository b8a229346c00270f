import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { composeEndpoint } from '../../exposure/compose-endpoint.ts';
import { printedForOwnIngress } from '../../exposure/difference.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { isReady, troubleOf } from '../../exposure/pod-trouble.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { schemeOf } from '../../exposure/url.ts';
import { kindContext } from '../../skypilot/names.ts';
import { type PrintedEndpoint, printedForPodIp } from '../../skypilot/printed-endpoint.ts';
import { headPodOf, type SkyCluster } from '../../skypilot/sky-cluster.ts';
import { referenceTo } from '../../snapshot/object-reference.ts';
import { withOwnKey, withPassword } from '../other-limits.ts';
import type { ExposedPortMode } from '../port-mode.ts';
import { skyPilotModesOf } from '../skypilot-modes.ts';

/**
 * The rows for the addresses of the head Pods. In this mode, no object contains the open ports, so the user has to name
 * them.
 */
function podIpEndpoints(view: SnapshotIndex, ports: readonly number[]): Endpoint[] {
  const modes = skyPilotModesOf(view);
  return view.skyClusters.flatMap((skyCluster) =>
    ports.flatMap((port) => podIpEndpoint(view, skyCluster, port, modes) ?? []),
  );
}

function podIpEndpoint(
  view: SnapshotIndex,
  skyCluster: SkyCluster,
  port: number,
  modes: ReadonlyMap<string, string>,
): Endpoint | undefined {
  const pod = headPodOf(skyCluster);
  if (!pod) return undefined;
  const trouble = troubleOf(pod);
  const ip = pod.status?.podIP;
  const row = composeEndpoint({
    skyCluster,
    mode: 'podip',
    port,
    targetPort: port,
    protocol: 'TCP',
    scheme: schemeOf({ port }),
    addresses: ip ? [ip] : [],
    addressPort: port,
    pending: trouble ?? `Pod ${pod.metadata?.name} has no IP yet`,
    backends: isReady(pod) ? { state: 'ready', nodeNames: [] } : { state: 'none', reason: trouble ?? '' },
    scope: 'cluster',
    asked: [],
    inClusterHost: ip ?? null,
    leadsToPods: true,
    managedBy: 'skypilot',
    skyPilot: skyPilotPart(view, skyCluster, port, modes),
    source: [referenceTo('Pod', pod)],
    object: pod,
  });
  return row.state === 'Ready' ? { ...row, reason: `no object shows whether anything listens on port ${port}` } : row;
}

function skyPilotPart(
  view: SnapshotIndex,
  skyCluster: SkyCluster,
  port: number,
  modes: ReadonlyMap<string, string>,
): PrintedEndpoint {
  if (view.snapshot.context === kindContext) return printedForOwnIngress(view, skyCluster, port);
  const mode = modes.get(`${skyCluster.namespace}/${skyCluster.nameOnCloud}`);
  if (!mode) return printedForPodIp(skyCluster.pods, skyCluster.nameOnCloud, port);
  return { prints: null, reason: `SkyPilot opened this cluster's ports in ${mode} mode, so it prints no Pod IP` };
}

/** The mode that uses the address of the head Pod. `expose` prints this address and writes nothing. */
export const podip: ExposedPortMode = {
  name: 'podip',
  aliases: ['pod', 'ip'],
  skyPilotPorts: 'podip',
  serviceType: undefined,
  recordsPorts: false,
  calledFrom: 'kubernetes-cluster',
  answeredBy: 'app',
  hops: ['address', 'pod', 'app'],
  firewallAdvice: undefined,
  flags: [],
  refusedFlags: {
    auth: { why: 'nothing between a caller and the Pod asks for a password', instead: [withOwnKey, withPassword] },
    'all-nodes': { why: 'it prints the head Pod' },
    for: { why: 'it opens nothing that could be closed' },
  },
  mostPorts: 1000,
  needsNodes: false,
  note: 'a Pod IP can only be called by other Pods, by the nodes, or from a network that routes Pod IPs',
  list: podIpEndpoints,
  possible: () => ({ possible: 'yes', reason: 'for callers that reach the Pod network' }),
  refuse({ ports }) {
    const mapped = ports.find(({ servicePort, targetPort }) => servicePort !== targetPort);
    if (!mapped) return;
    throw new UsageError(
      'no-mapping-in-podip-mode',
      `in podip mode callers dial the Pod itself: ${mapped.servicePort}:${mapped.targetPort} cannot be mapped`,
      [
        advice(`write ${mapped.targetPort}`),
        advice('or add --mode loadbalancer, --mode ingress or --mode nodeport, which map ports'),
      ],
    );
  },
};
