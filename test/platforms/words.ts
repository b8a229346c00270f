/** What a controller says of a Service without an address. */
export interface Words {
  readonly reason: string;
  readonly message: string;
  /** What it has to be read as. */
  readonly cause: RegExp;
  /** The type of the condition that says it; absent for an event. */
  readonly condition?: string;
}

/** Words as the controllers write them (the sources stand in src/platforms/readings.ts). */
export const words: readonly Words[] = [
  {
    reason: 'SyncLoadBalancerFailed',
    message:
      'Error syncing load balancer: failed to ensure load balancer: could not find any suitable subnets for creating the ELB',
    cause: /AWS finds no subnet/,
  },
  {
    reason: 'FailedBuildModel',
    message: 'Failed build model due to unable to resolve at least one subnet (0 match VPC and tags)',
    cause: /AWS finds no subnet/,
  },
  {
    reason: 'FailedDeployModel',
    message: 'TooManyLoadBalancers: The maximum number of load balancers has been reached',
    cause: /quota/,
  },
  {
    reason: 'SyncLoadBalancerFailed',
    message: "googleapi: Error 403: QUOTA_EXCEEDED - Quota 'FORWARDING_RULES' exceeded.",
    cause: /quota/,
  },
  {
    reason: 'SyncLoadBalancerFailed',
    message: 'PublicIPCountLimitReached: Cannot create more than 20 public IP addresses',
    cause: /quota/,
  },
  {
    reason: 'SyncLoadBalancerFailed',
    message: 'RulesPerSecurityGroupLimitExceeded: The maximum number of rules',
    cause: /quota/,
  },
  {
    reason: 'FailedDeployModel',
    message: 'AccessDenied: User: arn:aws:sts::1 is not authorized to perform: elasticloadbalancing:CreateLoadBalancer',
    cause: /refuses it/,
  },
  {
    reason: 'SyncLoadBalancerFailed',
    message: 'mixed protocol is not supported for LoadBalancer',
    cause: /one protocol only/,
  },
  {
    reason: 'LoadBalancerMixedProtocolNotSupported',
    message: 'LoadBalancers with mixed protocol are not supported.',
    cause: /one protocol only/,
  },
  {
    reason: 'UnAvailableLoadBalancer',
    message: 'There are no available nodes for LoadBalancer',
    cause: /no node takes part/,
  },
  {
    reason: 'AllocationFailed',
    message: 'Failed to allocate IP for "default/train": no available IPs',
    cause: /every address of the pools/,
  },
  {
    reason: 'AllocationFailed',
    message: 'Failed to allocate IP for "default/train": unknown pool "gold"',
    cause: /pool that it names is not there/,
  },
  {
    reason: 'AllocationFailed',
    message: 'Failed to allocate IP for "default/train": ["203.0.113.9"] is not allowed in config',
    cause: /could not give it/,
  },
  { reason: 'no_pool', message: '', cause: /no pool of Cilium/, condition: 'cilium.io/IPAMRequestSatisfied' },
  { reason: 'out_of_ips', message: '', cause: /given away/, condition: 'cilium.io/IPAMRequestSatisfied' },
  {
    reason: 'already_allocated_incompatible_service',
    message: '',
    cause: /does not share it/,
    condition: 'cilium.io/IPAMRequestSatisfied',
  },
];
