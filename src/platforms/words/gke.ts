import { command, cure, part } from '../../errors/cure.ts';
import { explanations } from '../platform.ts';

// Messages that GKE writes about a Service. Some are from Kubernetes' cloud provider, which creates GKE's own load
// balancers. Others are from the L4 controllers of ingress-gce. These create internal load balancers, and external load
// balancers with a backend service. Each message is in the file that `source` names.
const inTree = 'https://github.com/kubernetes/cloud-provider-gcp/blob/master/providers/gce/';
const external = `${inTree}gce_loadbalancer_external.go`;
const repository = 'https://github.com/kubernetes/ingress-gce/blob/master/pkg/l4/';
const errors = `${repository}utils/errors.go`;
const netlb = `${repository}controllers/l4netlbcontroller.go`;
const resources = `${repository}resources/l4netlb.go`;

const sync = /^(?:SyncLoadBalancerFailed|SyncExternalLoadBalancerFailed|UpdateLoadBalancerFailed)$/;

export const gkeWords = explanations(() => [
  {
    reason: sync,
    message: /Too many ports specified/,
    cause: 'a forwarding rule of Google Cloud takes at most 5 ports, and the Service has more',
    advice: 'one Service opens at most 5 ports; further ones need Services of their own',
    mostPorts: 5,
    source: 'https://cloud.google.com/load-balancing/docs/forwarding-rule-concepts',
  },
  {
    reason: sync,
    message: /belongs to the STANDARD network tier|received: STANDARD/i,
    cause: 'the address that it asks for is of the Standard network tier, and the load balancer of Premium',
    advice: '',
    flags: part`--annotation cloud.google.com/network-tier=Standard`,
    source: external,
  },
  {
    reason: sync,
    message: /belongs to the PREMIUM network tier|received: PREMIUM/i,
    cause: 'the address that it asks for is of the Premium network tier, and the load balancer of Standard',
    advice: '',
    flags: part`--annotation cloud.google.com/network-tier=Premium`,
    source: external,
  },
  {
    reason: sync,
    message: /unsupported network tier|Network tier \S+ is not supported/,
    cause:
      'its annotation cloud.google.com/network-tier is neither Premium nor Standard, or an internal load balancer has it',
    advice: '',
    without: 'cloud.google.com/network-tier',
    source: `${inTree}gce_annotations.go`,
  },
  {
    reason: sync,
    message: /is neither static nor assigned to the LB|address not found\. Check if the IP/,
    cause: 'the address that it asks for is not reserved in this project and region',
    advice: 'IP is an address that is reserved in the region of the cluster',
    flags: part`--static-ip IP`,
    needsNewService: true,
    source: external,
  },
  {
    reason: sync,
    message: /address type mismatch|does not have the expected address type/,
    cause: 'the address that it asks for is internal and the load balancer public, or the other way round',
    advice: 'or take an address of the other kind',
    scheme: 'internal',
    source: `${repository}address/manager.go`,
  },
  {
    reason: sync,
    message: /outside the network\/subnetwork range/,
    cause: 'the address that it asks for is not in the subnet of its load balancer',
    advice: 'IP is an address of that subnet',
    flags: part`--static-ip IP`,
    needsNewService: true,
    source: errors,
  },
  {
    reason: sync,
    message:
      /IP configuration error|IP_IN_USE|is already in use|already being used|does not have the expected IP|IP mismatch/,
    cause: 'the address that it asks for is in use, or is another one',
    advice: 'IP is an address that nothing uses; without --static-ip, GKE takes one',
    flags: part`--static-ip IP`,
    needsNewService: true,
    source: errors,
  },
  {
    reason: sync,
    message: /IP_SPACE_EXHAUSTED|IP space of .* is exhausted/i,
    cause: 'the subnet of its load balancer has no address left',
    advice: 'SUBNET is the name of another subnet of this region',
    flags: part`--annotation networking.gke.io/internal-load-balancer-subnet=SUBNET`,
    source: 'https://cloud.google.com/kubernetes-engine/docs/how-to/internal-load-balancing',
  },
  {
    reason: sync,
    message: /Conflicting ports configuration error/,
    cause: 'another load balancer has one of its ports at the same address',
    advice: 'IP is another reserved address; or expose another Service port',
    flags: part`--static-ip IP`,
    needsNewService: true,
    source: errors,
  },
  {
    reason: sync,
    message: /Subnetwork ".*" can't be found/,
    cause: 'the subnet that its annotation names does not exist in the project and region of the cluster',
    advice: 'SUBNET is the name of a subnet of this region',
    flags: part`--annotation networking.gke.io/internal-load-balancer-subnet=SUBNET`,
    source: errors,
  },
  {
    reason: sync,
    message: /does not have (?:internal|external) IPv6 ranges/,
    cause: 'the Service has the IP family IPv6, and the subnet of its load balancer has no such addresses',
    advice: 'SUBNET is the name of a subnet with IPv6 addresses',
    flags: part`--annotation networking.gke.io/load-balancer-subnet=SUBNET`,
    source: `${repository}resources/l4ipv6.go`,
  },
  {
    reason: /^(?:SyncLoadBalancerFailed|SyncExternalLoadBalancerFailed|IPCollectionV6Error)$/,
    message: /ip-collection|cannot specify both|only supported for IPv6-only/i,
    cause: 'it asks for its own IPv6 addresses in a way that GKE does not support',
    advice: 'name the subnet alone',
    source: resources,
  },
  {
    reason: /^(?:SyncLoadBalancerFailed|SyncExternalLoadBalancerFailed|EnableStrongAffinity)$/,
    message: /strong session affinity|StrongSessionAffinity|session affinity config/i,
    cause: 'it asks for strong session affinity, which needs ClientIP, a timeout, and a permission from Google',
    advice: '',
    without: 'networking.gke.io/l4-strong-session-affinity',
    source: resources,
  },
  {
    reason: /^AllowlistingRequired$/,
    cause: 'weighted load balancing is not enabled for this Google Cloud project',
    advice: '',
    without: 'networking.gke.io/weighted-load-balancing',
    source: `${repository}resources/l4.go`,
  },
  {
    reason: /^UnsupportedConfiguration$/,
    cause: 'weighted load balancing has no effect with externalTrafficPolicy Cluster; nothing else is wrong',
    advice: '',
    flags: part`--external-traffic-policy Local`,
    source: `${repository}resources/l4.go`,
  },
  {
    reason: /^(?:TargetPoolRaceWithRBS|CanNotMigrateTargetPoolToRBS|CleanRBSResourcesForLegacyService)$/,
    cause: 'its load balancer has a target pool, and cannot be changed to a backend service',
    advice: '',
    flags: part`--annotation cloud.google.com/l4-rbs=enabled`,
    needsNewService: true,
    source: netlb,
  },
  {
    reason: /^UnexpectedlyRemovedFinalizer$/,
    cause:
      "something removed GKE's finalizer from the Service, so its load balancer may stay behind when the Service goes",
    advice: 'find what edits the finalizers of Services',
    source: `${repository}controllers/l4lbcommon.go`,
  },
  {
    reason: /L4LBConfig/,
    cause: 'the L4LBConfig that its annotation names does not exist, or is not valid',
    advice: '',
    look: cure(command`kubectl get l4lbconfigs -A`, 'shows those that exist'),
    source: 'https://github.com/kubernetes/ingress-gce/blob/master/pkg/l4lbconfig/l4lbconfig.go',
  },
  {
    reason: /^SyncInstanceGroupsFailed$|^DeleteInstanceGroupFailed$/,
    cause: 'GKE did not bring the instance group of the nodes up to date, so packets may not get to all of them',
    advice: 'GKE tries again by itself',
    look: cure(command`gcloud compute instance-groups list`, 'shows the instance groups of the project'),
    stopsTraffic: true,
    source: netlb,
  },
  {
    reason: sync,
    message: /network \S+ does not exist|GKENetworkParamSet|Network resolver|network\.Spec/,
    cause: 'the network that it selects does not exist',
    advice: 'correct the network of the Service',
    look: cure(command`kubectl get networks.networking.gke.io`, 'shows the networks'),
    source: 'https://github.com/kubernetes/ingress-gce/blob/master/pkg/network/network.go',
  },
  {
    reason: sync,
    message: /EnsureLoadBalancer\(\) with no hosts|no node tags supplied/,
    cause: 'no node is available for it, or the nodes have no network tags',
    advice: '',
    look: cure(command`kubectl get nodes`, 'shows which nodes are Ready'),
    source: external,
  },
  {
    reason: sync,
    message: /[Ii]nvalid protocol .*only TCP and UDP/,
    cause: 'its load balancer takes TCP and UDP alone',
    advice: 'expose a TCP port',
    source: external,
  },
  {
    reason: sync,
    message: /^(?!.*Required '[^']+' permission).*firewall/s,
    cause: 'GKE did not open the firewall of the nodes',
    advice: 'in a shared VPC, its administrator has to run the gcloud command that the message has',
    stopsTraffic: true,
    source: external,
  },
  {
    reason: /^DeleteLoadBalancer$/,
    cause: 'GKE did not reset the status of the Service after its load balancer was deleted',
    advice: 'GKE tries again by itself',
    source: netlb,
  },
]);
