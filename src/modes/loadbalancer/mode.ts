import { UsageError } from '../../errors/usage-error.ts';
import { externalAddressesOf } from '../../exposure/external-addresses.ts';
import { ownLoadBalancerName } from '../../exposure/ownership.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import { replaceLoadBalancer } from '../../exposure/plan/unexpose-command.ts';
import type { View } from '../../exposure/view.ts';
import { detectPlatforms } from '../../platforms/detect.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { closeService, planOwnService } from '../own-service.ts';
import type { Possible, WrittenPortMode } from '../port-mode.ts';
import { eventsIfPending, loadBalancerEndpoints } from './list.ts';

/** A Service of type LoadBalancer. */
export const loadbalancer: WrittenPortMode = {
  name: 'loadbalancer',
  aliases: ['lb', 'elb', 'nlb'],
  skyPilotPorts: 'loadbalancer',
  serviceType: 'LoadBalancer',
  topics: ['services'],
  recordsPorts: true,
  calledFrom: 'anywhere',
  answeredBy: 'app',
  firewallAdvice:
    'open the port in the firewall or security group of the load balancer and of the nodes, and look at its health check',
  flags: [
    ...['load-balancer-class', 'scheme', 'source-range', 'address-pool', 'static-ip'],
    ...['external-traffic-policy', 'no-node-ports', 'health-check', 'probe'],
  ],
  refusedFlags: {},
  mostPorts: 1000,
  needsNodes: false,
  takesLoadBalancer: true,
  note: undefined,
  limitAdvice: 'add --source-range CIDR to limit who can connect',
  list: loadBalancerEndpoints,
  further: eventsIfPending,
  possible,
  plan,
  close: (view, request) => closeService(view, request, ownLoadBalancerName(request.skyCluster.nameOnCloud)),
};

function possible(snapshot: Snapshot): Possible {
  const balanced = itemsOf(snapshot.topics.services).some(
    (service) => service.spec?.type === 'LoadBalancer' && externalAddressesOf(service).length > 0,
  );
  if (balanced) return { possible: 'yes', because: 'another Service here has an address' };
  const [giver] = detectPlatforms(snapshot).loadBalancers;
  if (giver) return { possible: 'yes', because: `${giver.what.title} gives addresses` };
  return { possible: 'cannot tell', because: 'no load balancer here has an address yet' };
}

function plan(view: View, request: ExposeRequest) {
  const { sourceRanges, loadBalancerClass, allocateNodePorts, loadBalancerIP } = request;
  return planOwnService(view, request, {
    name: ownLoadBalancerName(request.skyCluster.nameOnCloud),
    type: 'LoadBalancer',
    spec(live) {
      if (live && loadBalancerClass !== undefined) refuseOtherClass(request, live.spec?.loadBalancerClass);
      return {
        ...(sourceRanges && { loadBalancerSourceRanges: sourceRanges.length > 0 ? [...sourceRanges] : undefined }),
        ...(!live && loadBalancerClass ? { loadBalancerClass } : {}),
        ...(!live && allocateNodePorts === false ? { allocateLoadBalancerNodePorts: false } : {}),
        ...(loadBalancerIP ? { loadBalancerIP } : {}),
      };
    },
  });
}

/** @throws UsageError if the class differs from the one that the Service was created with */
function refuseOtherClass({ loadBalancerClass, skyCluster }: ExposeRequest, present: string | undefined): void {
  if (loadBalancerClass === present) return;
  const name = ownLoadBalancerName(skyCluster.nameOnCloud);
  throw new UsageError(
    'immutable-load-balancer-class',
    `Service ${name} ${present ? `has loadBalancerClass ${present}` : 'was made without a loadBalancerClass'}, and Kubernetes refuses to change it`,
    replaceLoadBalancer(skyCluster),
  );
}
