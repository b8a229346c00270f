/** What a platform's own words about a Service without an address mean. */
export interface Reading {
  /** Of the Service's warning event, or of its condition. */
  readonly reason: RegExp;
  /** Of the message; absent for any. */
  readonly message?: RegExp;
  /** What is so, in a few words. */
  readonly cause: string;
  /** What mends it. */
  readonly advice: string;
  readonly source: string;
}

const awsCloudProvider = 'https://github.com/kubernetes/cloud-provider-aws/blob/master/pkg/providers/v1/aws.go';
const awsSubnets =
  'https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/docs/deploy/subnet_discovery.md';
const serviceController = 'https://github.com/kubernetes/cloud-provider/blob/master/controllers/service/controller.go';
const metallb = 'https://github.com/metallb/metallb/blob/main/controller/service.go';
const cilium = 'https://docs.cilium.io/en/stable/network/lb-ipam/';

/** The first that fits counts: what is particular stands before what is general. */
const readings: readonly Reading[] = [
  {
    reason: /^(?:FailedBuildModel|SyncLoadBalancerFailed)$/,
    message: /suitable subnets|unable to (?:resolve|discover) at least one subnet|couldn't auto-discover subnets/i,
    cause: 'AWS finds no subnet for it',
    advice:
      'tag subnets with kubernetes.io/role/elb=1 for public load balancers or kubernetes.io/role/internal-elb=1 for internal ones, each with 8 free addresses',
    source: awsSubnets,
  },
  {
    reason: /^(?:SyncLoadBalancerFailed|FailedDeployModel|FailedBuildModel)$/,
    message:
      /quota|QUOTA_EXCEEDED|TooManyLoadBalancers|LimitExceeded|PublicIPCountLimitReached|limit (?:is |was )?exceeded/i,
    cause: 'a quota of the cloud account is used up',
    advice:
      'delete load balancers that nobody needs (kubectl skyports prune -A finds those of SkyPilot), or have the quota raised',
    source: serviceController,
  },
  {
    reason: /^(?:SyncLoadBalancerFailed|FailedDeployModel|FailedBuildModel)$/,
    message: /AccessDenied|not authorized|Forbidden|AuthorizationFailed|insufficient.*permission/i,
    cause: "the cloud refuses it to the controller's own identity",
    advice: 'give that identity the right that the message names',
    source: serviceController,
  },
  {
    reason: /^LoadBalancerMixedProtocolNotSupported$|^SyncLoadBalancerFailed$/,
    message: /mixed protocol/i,
    cause: 'its load balancer takes one protocol only',
    advice: 'take TCP and UDP ports apart into two Services',
    source: awsCloudProvider,
  },
  {
    reason: /^UnAvailableLoadBalancer$/,
    cause: 'no node takes part in load balancing',
    advice:
      'kubectl get nodes -L node.kubernetes.io/exclude-from-external-load-balancers shows which are not Ready, or excluded by that label',
    source: serviceController,
  },
  {
    reason: /^AllocationFailed$/,
    message: /no available IPs/i,
    cause: 'every address of the pools that it may use is taken',
    advice: 'kubectl get ipaddresspools -A shows the pools: widen one, or unexpose what nobody needs',
    source: metallb,
  },
  {
    reason: /^AllocationFailed$/,
    message: /unknown pool|pool .* (?:not found|doesn't exist|does not exist)/i,
    cause: 'the pool that it names is not there',
    advice: 'kubectl get ipaddresspools -A shows the pools; the annotation metallb.io/address-pool names one',
    source: metallb,
  },
  {
    reason: /^AllocationFailed$/,
    cause: 'MetalLB could not give it an address',
    advice: 'kubectl get ipaddresspools -A shows what it may give',
    source: metallb,
  },
  {
    reason: /^no_pool$/,
    cause: 'no pool of Cilium takes this Service',
    advice: 'kubectl get ciliumloadbalancerippools shows the pools and their serviceSelector',
    source: cilium,
  },
  {
    reason: /^out_of_ips$/,
    cause: 'every address of the pools that take it is given away',
    advice: 'kubectl get ciliumloadbalancerippools shows how many are left: widen one, or unexpose what nobody needs',
    source: cilium,
  },
  {
    reason: /^already_allocated_incompatible_service$/,
    cause: 'the address that it asks for belongs to a Service that does not share it',
    advice: 'ask for another address, or give both Services the same sharing key',
    source: cilium,
  },
];

/** What the reason and the message of an event or a condition mean; undefined when nobody knows. */
export function readingOf(reason: string, message: string): Reading | undefined {
  return readings.find((each) => each.reason.test(reason) && (each.message?.test(message) ?? true));
}
