import type { Service } from 'kubernetes-types/core/v1';
import { isOurs, portOfOurPortService } from '../../exposure/ownership.ts';
import { nameOnCloudOf, type SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { kindContext } from '../../skypilot/names.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import { type PlannedRemoval, type PlannedWrite, removalOf } from '../../snapshot/plan.ts';
import type { ClosePlan, CloseRequest, WrittenPortMode } from '../port-mode.ts';
import { certificatesIfNeeded } from './certificates.ts';
import { controllerPodsIfNeeded } from './controller-pods.ts';
import { ingressEndpoints } from './list.ts';
import { onlyRedirects, ownIngressesOf, portsOfIngress } from './own-ingresses.ts';
import { planIngressMode, planIngressWithout } from './plan.ts';

/** The mode of paths and hosts at an ingress controller. */
export const ingress: WrittenPortMode = {
  name: 'ingress',
  aliases: ['ing', 'nginx'],
  skyPilotPorts: 'ingress',
  serviceType: 'ClusterIP',
  topics: ['services', 'ingresses'],
  recordsPorts: true,
  calledFrom: 'anywhere',
  answeredBy: 'controller',
  hops: ['address', 'controller', 'ingress', 'service', 'endpoint-slice', 'pod', 'app'],
  firewallAdvice:
    'open the port in the firewall or security group of the load balancer and of the nodes, and look at its health check',
  flags: [
    ...['ingress-class', 'path', 'rewrite', 'host', 'tls-secret', 'tls-issuer', 'tls-cluster-issuer'],
    ...['source-range', 'auth', 'auth-user', 'auth-password-stdin', 'auth-secret', 'allow-plain-http'],
  ],
  refusedFlags: {},
  // Each port needs its own Service. Without this limit, a range could create 65,535 Services.
  mostPorts: 100,
  needsNodes: false,
  takesLoadBalancer: false,
  note: undefined,
  limitAdvice: 'add --auth basic to ask callers for a password, or --source-range CIDR to limit who can connect',
  list: ingressEndpoints,
  further: (snapshot) => ({ ...controllerPodsIfNeeded(snapshot), ...certificatesIfNeeded(snapshot) }),
  possible: ({ context }) => ({
    possible: 'yes',
    reason: context === kindContext ? 'SkyPilot always uses this mode in this context' : '',
  }),
  plan: planIngressMode,
  close: closeIngressMode,
};

/** Plans the removal of paths from our Ingresses, and the removal of the Services behind these paths. */
function closeIngressMode(view: SnapshotIndex, { skyCluster, ports }: CloseRequest): ClosePlan {
  const isClosing = (port: number) => !ports || ports.includes(port);
  const writes: PlannedWrite[] = [];
  const removals: PlannedRemoval[] = [];
  const closed = new Set<number>();
  // Change the Ingresses before the Services are removed. A path without its Service answers 503. A Service without an
  // Ingress does no harm.
  const own = ownIngressesOf(view, skyCluster);
  // Remove a redirect before the path that it leads to.
  for (const ingress of [...own.filter(onlyRedirects), ...own.filter((each) => !onlyRedirects(each))]) {
    const routed = portsOfIngress(ingress);
    const closing = routed.filter(isClosing);
    for (const port of closing) closed.add(port);
    if (!ports || (closing.length > 0 && closing.length === routed.length))
      removals.push(removalOf('Ingress', ingress));
    else if (closing.length > 0) writes.push(planIngressWithout(view, ingress, skyCluster.nameOnCloud, closing));
  }
  for (const { service, port } of portServicesOf(view, skyCluster)) {
    if (!isClosing(port)) continue;
    closed.add(port);
    removals.push(removalOf('Service', service));
  }
  return { writes, removals, closed: [...closed] };
}

function portServicesOf(
  view: SnapshotIndex,
  { namespace, nameOnCloud }: SkyCluster,
): { service: Service; port: number }[] {
  return [...view.services.values()].flatMap((service) => {
    const port = portOfOurPortService(service.metadata?.name ?? '');
    const belongs = service.metadata?.namespace === namespace && nameOnCloudOf(service) === nameOnCloud;
    return port !== undefined && belongs && isOurs(service.metadata) ? [{ service, port }] : [];
  });
}
