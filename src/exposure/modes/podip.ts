import { kindContext, loadBalancerName, parseServiceName } from '../../skypilot/names.ts';
import { printedForPodIp } from '../../skypilot/printed-endpoint.ts';
import { headPodOf, type SkyCluster } from '../../skypilot/sky-cluster.ts';
import { referenceTo } from '../../snapshot/object-reference.ts';
import { composeEndpoint } from '../compose-endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { isReady, troubleOf } from '../pod-trouble.ts';
import { schemeOf } from '../url.ts';
import type { View } from '../view.ts';

/** Rows for the head Pods' own addresses. No object records ports in this mode, so they have to be given. */
export function podIpEndpoints(view: View, ports: readonly number[]): Endpoint[] {
  const modes = otherModes(view);
  return view.skyClusters.flatMap((skyCluster) =>
    ports.flatMap((port) => podIpEndpoint(view, skyCluster, port, modes) ?? []),
  );
}

function podIpEndpoint(
  view: View,
  skyCluster: SkyCluster,
  port: number,
  modes: ReadonlyMap<string, string>,
): Endpoint | undefined {
  const pod = headPodOf(skyCluster);
  if (!pod) return undefined;
  const trouble = troubleOf(pod);
  const ip = pod.status?.podIP;
  const otherMode =
    view.snapshot.context === kindContext ? 'ingress' : modes.get(`${skyCluster.namespace}/${skyCluster.nameOnCloud}`);
  return composeEndpoint({
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
    inClusterHost: ip ?? null,
    managedBy: 'skypilot',
    skyPilot: otherMode
      ? { prints: null, because: `SkyPilot opened this cluster's ports in ${otherMode} mode, so it prints no Pod IP` }
      : printedForPodIp(skyCluster.pods, skyCluster.nameOnCloud, port),
    source: [referenceTo('Pod', pod)],
    object: pod,
  });
}

/** The mode of clusters that have objects of SkyPilot's own, by `namespace/nameOnCloud`: those are not in podip mode. */
function otherModes(view: View): Map<string, string> {
  const modes = new Map<string, string>();
  for (const service of view.services.values()) {
    const made = parseServiceName(service.metadata?.name ?? '');
    if (!made) continue;
    const mode = service.metadata?.name === loadBalancerName(made.nameOnCloud) ? 'loadbalancer' : 'ingress';
    modes.set(`${service.metadata?.namespace}/${made.nameOnCloud}`, mode);
  }
  return modes;
}
