import type { Service } from 'kubernetes-types/core/v1';
import { kindContext } from '../skypilot/names.ts';
import { type PrintedEndpoint, printedForIngress, printedForLoadBalancer } from '../skypilot/printed-endpoint.ts';
import type { SkyCluster } from '../skypilot/sky-cluster.ts';
import { servicesSkyPilotAsks } from './controllers/controller-service.ts';
import type { Owner } from './endpoint.ts';
import type { View } from './view.ts';

/** What SkyPilot says of a port that somebody else opened. */
export function printedForForeign(owner: Exclude<Owner, 'skypilot'>): PrintedEndpoint {
  const who = owner === 'kubectl-skyports' ? 'kubectl-skyports' : 'neither SkyPilot nor kubectl-skyports';
  return { prints: null, because: `SkyPilot prints only ports that it opened itself; this one was opened by ${who}` };
}

/** Port of SkyPilot's LoadBalancer Service. The context kind-skypilot forces ingress mode whatever was made at launch. */
export function printedForOwnLoadBalancer(
  view: View,
  skyCluster: SkyCluster,
  service: Service,
  port: number,
): PrintedEndpoint {
  if (view.snapshot.context === kindContext) return printedForOwnIngress(view, skyCluster, port);
  return printedForLoadBalancer(service, port);
}

/** Port of SkyPilot's Ingress, or of a per-port Service that no Ingress leads to: the query never looks at the Ingress. */
export function printedForOwnIngress(view: View, skyCluster: SkyCluster, port: number): PrintedEndpoint {
  const { namespace, nameOnCloud } = skyCluster;
  return printedForIngress(servicesSkyPilotAsks(view), { namespace, nameOnCloud, port });
}
