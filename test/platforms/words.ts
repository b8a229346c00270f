import { allPlatforms } from '../../src/platforms/all-platforms.ts';
import {
  aksSaid,
  awsControllerSaid,
  awsInTreeSaid,
  gkeSaid,
  metallbSaid,
  okeSaid,
  servicelbSaid,
  tailscaleSaid,
} from './controller-words.ts';

/** What a controller says of a Service without an address. */
export interface Words {
  readonly reason: string;
  readonly message: string;
  /** What it has to be read as. */
  readonly cause: RegExp;
  /** The type of the condition that says it; absent for an event. */
  readonly condition?: string;
  /** Its status, when that is not False. */
  readonly status?: 'True';
  /** The annotations of the Service, if the words mean something else without them. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Where these very words were seen; absent where they were put together from the code that writes them. */
  readonly seen?: string;
}

const sync = { reason: 'SyncLoadBalancerFailed' };
const failed = 'Error syncing load balancer: failed to ensure load balancer: ';

/** What the service controller of any cloud says (k8s.io/cloud-provider, controllers/service). */
export const serviceControllerWords: readonly Words[] = [
  { ...sync, message: `${failed}LimitExceeded: the service limit was exceeded`, cause: /quota/ },
  { ...sync, message: `${failed}Throttling: Rate exceeded`, cause: /no more calls/ },
  { ...sync, message: `${failed}RequestLimitExceeded: Request limit exceeded.`, cause: /no more calls/ },
  {
    ...sync,
    message: `${failed}load-balancer is not yet active - current status: pending`,
    cause: /still works on its load balancer/,
    seen: 'https://github.com/vultr/vultr-cloud-controller-manager/pull/91',
  },
  { ...sync, message: `${failed}load-balancer is not yet active (current status: new)`, cause: /still works/ },
  { ...sync, message: `${failed}load-balancer is not yet active (current status: errored)`, cause: /failed to make/ },
  { ...sync, message: `${failed}loadbalancer is not yet available, current state: pending`, cause: /still works/ },
  { ...sync, message: `${failed}LoadBalancer is busy: offline/create_pending`, cause: /still works/ },
  {
    reason: 'CreatingCloudLoadBalancerFailed',
    message: 'LoadBalancer is busy: offline/create_pending',
    cause: /still works/,
  },
  {
    ...sync,
    message: `${failed}load balancer 6ef598fa is not ACTIVE, current provisioning status: PENDING_CREATE`,
    cause: /still works/,
  },
  {
    ...sync,
    message: `${failed}Code="RetryableError" Message="A retryable error occurred." Details=[{"code":"RetryableErrorDueToAnotherOperation"}]`,
    cause: /still works/,
    seen: 'https://github.com/gardener-attic/gardener-extensions/issues/384',
  },
  {
    ...sync,
    message: `${failed}googleapi: Error 400: The resource 'projects/p/global/httpHealthChecks/k8s-1-node' is not ready, resourceNotReady`,
    cause: /still works/,
    seen: 'https://github.com/oracle/kubernetes/pull/17',
  },
  {
    ...sync,
    message: `${failed}update load balancer IP of service default/lb2 failed, error: Operation cannot be fulfilled on services "lb2": the object has been modified; please apply your changes to the latest version and try again`,
    cause: /something else changed the Service/,
    seen: 'https://github.com/harvester/harvester/issues/9019',
  },
  { ...sync, message: `${failed}403 Forbidden`, cause: /refuses it/ },
  {
    ...sync,
    message: `${failed}Post "https://api.example.com/v2/load_balancers": 401 Unable to authenticate you.`,
    cause: /does not accept the controller's credentials/,
    seen: 'https://github.com/digitalocean/digitalocean-cloud-controller-manager/issues/62',
  },
  {
    ...sync,
    message: `${failed}Get "https://api.example.com/v2/load_balancers": dial tcp: lookup api.example.com: no such host`,
    cause: /does not reach the cloud's API/,
  },
  { ...sync, message: `${failed}mixed protocol is not supported for LoadBalancer`, cause: /one protocol only/ },
  {
    reason: 'UnAvailableLoadBalancer',
    message: 'There are no available nodes for LoadBalancer',
    cause: /no node is available/,
    seen: 'https://github.com/kube-vip/kube-vip-cloud-provider/issues/14',
  },
  {
    reason: 'UpdateLoadBalancerFailed',
    message:
      'Error updating load balancer with new hosts map[dev-cluster-pool1-6859d6dfc5-gch75:{}]: Resource not found',
    cause: /which nodes there are/,
    seen: 'https://github.com/kubernetes/cloud-provider-openstack/issues/970',
  },
  {
    reason: 'DeleteLoadBalancerFailed',
    message: 'Error deleting load balancer: it is in use',
    cause: /does not delete/,
  },
];

const aws: readonly Words[] = [
  {
    ...sync,
    message: `${failed}could not find any suitable subnets for creating the ELB`,
    cause: /AWS finds no subnet/,
    seen: 'https://github.com/chanzuckerberg/happy/pull/637',
  },
  {
    ...sync,
    message: `${failed}TooManyLoadBalancers: Exceeded quota of account 012345678901`,
    cause: /quota of the AWS account/,
    seen: 'https://github.com/kserve/kserve/issues/2179',
  },
  { ...sync, message: `${failed}LoadBalancerIP cannot be specified for AWS ELB`, cause: /AWS does not support/ },
  {
    ...sync,
    message: 'RulesPerSecurityGroupLimitExceeded: The maximum number of rules per security group has been reached.',
    cause: /quota of the AWS account/,
  },
];

const awsController: readonly Words[] = [
  {
    reason: 'FailedBuildModel',
    message: 'Failed build model due to unable to resolve at least one subnet (0 match VPC and tags)',
    cause: /AWS finds no subnet/,
  },
  {
    reason: 'FailedDeployModel',
    message: 'Failed deploy model due to TooManyLoadBalancers: The maximum number of load balancers has been reached',
    cause: /quota of the AWS account/,
    seen: 'https://github.com/eficode-academy/kubernetes-katas/issues/115',
  },
  {
    reason: 'FailedDeployModel',
    message: 'AccessDenied: User: arn:aws:sts::1 is not authorized to perform: elasticloadbalancing:CreateLoadBalancer',
    cause: /lacks the permission/,
  },
  {
    reason: 'FailedAddFinalizer',
    message: 'Failed add finalizer due to services "train" is forbidden',
    cause: /may not change/,
  },
];

const satisfied = { condition: 'cilium.io/IPAMRequestSatisfied' };

/** By the id of the load balancer that says it: each of its readings at least once. */
export const wordsOf: Readonly<Record<string, readonly Words[]>> = {
  'aws-in-tree': [...aws, ...awsInTreeSaid],
  'aws-load-balancer-controller': [...awsController, ...awsControllerSaid],
  'eks-auto-mode': [...awsController, ...awsControllerSaid],
  oke: okeSaid,
  servicelb: servicelbSaid,
  tailscale: tailscaleSaid,
  gke: [
    ...gkeSaid,
    {
      ...sync,
      message: `${failed}failed to create forwarding rule: googleapi: Error 403: Quota 'FORWARDING_RULES' exceeded. Limit: 15.0, quotaExceeded`,
      cause: /quota of the Google Cloud project/,
      seen: 'https://github.com/kubernetes/kubernetes/issues/42361',
    },
    {
      reason: 'QuotaExceeded',
      message: "403 QUOTA_EXCEEDED: Quota 'INTERNAL_FORWARDING_RULES_PER_NETWORK' exceeded",
      cause: /quota of the Google Cloud project/,
    },
    {
      ...sync,
      message: `${failed}failed to create forwarding rule for load balancer: googleapi: Error 412: Constraint constraints/compute.restrictLoadBalancerCreationForTypes violated for projects/test. Forwarding Rule of type EXTERNAL_NETWORK_TCP_UDP is not allowed., conditionNotMet`,
      cause: /policy of the Google Cloud organisation/,
      seen: 'https://github.com/GoogleCloudPlatform/kubernetes-engine-samples/issues/143',
    },
    {
      reason: 'LoadBalancerMixedProtocolNotSupported',
      message: 'LoadBalancers with multiple protocols are not supported.',
      cause: /one protocol only/,
    },
    {
      reason: 'LoadBalancerMixedProtocolNotSupported',
      message: 'LoadBalancers with multiple protocols are not supported.',
      cause: /one protocol only/,
      condition: 'LoadBalancerPortsError',
      status: 'True',
    },
    {
      reason: 'ILBOptionsIgnored',
      message: 'Internal LoadBalancer options are not supported with Legacy Networks.',
      cause: /does not take its annotations/,
      seen: 'https://github.com/kubernetes/cloud-provider-gcp/blob/master/providers/gce/gce_loadbalancer_internal.go',
    },
  ],
  aks: [
    ...aksSaid,
    {
      ...sync,
      message: `${failed}Code="PublicIPCountLimitReached" Message="Cannot create more than 3 public IP addresses for this subscription in this region."`,
      cause: /no public IP address left/,
      seen: 'https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-codes/publicipcountlimitreached-error',
    },
    {
      ...sync,
      message: `${failed}network.SubnetsClient#Get: Failure responding to request: StatusCode=403 -- Original Error: autorest/azure: Service returned an error. Status=403 Code="AuthorizationFailed" Message="The client does not have authorization to perform action 'Microsoft.Network/virtualNetworks/subnets/read'"`,
      cause: /managed identity/,
      seen: 'https://github.com/MicrosoftDocs/azure-docs/issues/62754',
    },
    {
      reason: 'CreateOrUpdatePublicIPAddress',
      message: 'Retriable: false, RetryAfter: 0s, HTTPStatusCode: 400',
      cause: /Azure's API refused/,
    },
  ],
  hetzner: [
    {
      ...sync,
      message: `${failed}hcloud/loadBalancers.EnsureLoadBalancer: hcops/LoadBalancerOps.Create: neither load-balancer.hetzner.cloud/location nor load-balancer.hetzner.cloud/network-zone set`,
      cause: /in which location of Hetzner/,
      seen: 'https://github.com/hetznercloud/hcloud-cloud-controller-manager/issues/167',
    },
    {
      ...sync,
      message: `${failed}hcloud/loadBalancers.EnsureLoadBalancer: hcops/LoadBalancerOps.ReconcileHCLBTargets: hcops/providerIDToServerID: missing prefix hcloud://:`,
      cause: /no providerID of Hetzner/,
      seen: 'https://github.com/hetznercloud/hcloud-cloud-controller-manager/issues/139',
    },
    {
      ...sync,
      message: `${failed}hcloud/loadBalancers.EnsureLoadBalancer: hcops/LoadBalancerOps.ReconcileHCLBTargets: target ...: servers and load balancers needs to be in the same network zone, cross network zone is not supported (unsupported_error, ea128263a919e24)`,
      cause: /another network zone/,
      seen: 'https://github.com/syself/hetzner-cloud-controller-manager/issues/64',
    },
  ],
  linode: [
    {
      ...sync,
      message: `${failed}[403] Unauthorized`,
      annotations: { 'service.beta.kubernetes.io/linode-loadbalancer-nodebalancer-id': '123456' },
      cause: /names a NodeBalancer/,
      seen: 'https://github.com/linode/linode-cloud-controller-manager/issues/392',
    },
    {
      ...sync,
      message: `${failed}[401] Invalid Token`,
      cause: /cloud controller's token/,
      seen: 'https://github.com/linode/linode-cloud-controller-manager/issues/359',
    },
  ],
  openstack: [
    {
      reason: 'LoadBalancerForcedInternal',
      message:
        'Floating network configuration not provided for Service default/train, forcing to ensure an internal load balancer service',
      cause: /no floating IP/,
    },
    {
      ...sync,
      message: `${failed}error creating LB floatingip: Resource not found: {"NeutronError": {"type": "ExternalGatewayForFloatingIPNotFound", "message": "External network 35f2d216 is not reachable from subnet 52b28bc5."}}`,
      cause: /cannot reach its subnet/,
      seen: 'https://github.com/kubermatic/kubermatic/issues/12905',
    },
    {
      ...sync,
      message: `${failed}error creating LB floatingip: Bad request with: [POST https://network.example.com/v2.0/floatingips], error message: {"NeutronError": {"type": "BadRequest", "message": "Bad floatingip request: Network 9fb20ca2-e0ff-41f5-a33c-eb3993f2bc14 is not a valid external network.", "detail": ""}}`,
      cause: /not an external one/,
      seen: 'https://github.com/kubernetes/cloud-provider-openstack/issues/2493',
    },
  ],
  metallb: [
    ...metallbSaid,
    {
      reason: 'AllocationFailed',
      message: 'Failed to allocate IP for "default/train": no available IPs',
      cause: /every address of the pools/,
      seen: 'https://github.com/hetznercloud/hcloud-cloud-controller-manager/issues/69',
    },
    {
      reason: 'AllocationFailed',
      message: 'Failed to allocate IP for "default/train": unknown pool "gold"',
      cause: /pool that it names does not exist/,
    },
    {
      reason: 'AllocationFailed',
      message: 'Failed to allocate IP for "default/train": ["203.0.113.9"] is not allowed in config',
      cause: /could not give it/,
    },
    { reason: 'InternalError', message: "didn't allocate an IP but also did not fail", cause: /itself in trouble/ },
    {
      reason: 'ClearAssignment',
      message: 'current IP ["203.0.113.9"] not allowed by config, clearing',
      cause: /taken its address back/,
    },
    {
      reason: 'announceFailed',
      message: 'failed to announce service from node "box" with protocol "layer2"',
      cause: /could not announce/,
    },
  ],
  cilium: [
    {
      ...satisfied,
      reason: 'no_pool',
      message: 'There are no enabled CiliumLoadBalancerIPPools that match this service',
      cause: /no pool of Cilium/,
    },
    {
      ...satisfied,
      reason: 'no_pool',
      message: "No pool exists with a CIDR containing '198.51.100.9'",
      cause: /no pool has the address/,
    },
    {
      ...satisfied,
      reason: 'pool_selector_mismatch',
      message: "The pool with the CIDR containing '198.51.100.9', doesn't select this service",
      cause: /does not take this Service/,
    },
    {
      ...satisfied,
      reason: 'already_allocated',
      message: "The IP '198.51.100.9' is already allocated to another service",
      cause: /given to another/,
    },
    {
      ...satisfied,
      reason: 'out_of_ips',
      message: 'All enabled CiliumLoadBalancerIPPools that match this service ran out of allocatable IPs',
      cause: /given away/,
    },
    {
      ...satisfied,
      reason: 'already_allocated_incompatible_service',
      message: "The IP '203.0.113.7' is already allocated to an incompatible service. Reason: different sharing key",
      cause: /does not share it/,
    },
    { reason: 'no_pool', message: '', cause: /no pool of Cilium/, condition: 'io.cilium/lb-ipam-request-satisfied' },
  ],
  'kube-vip': [
    { ...sync, message: `${failed}no address pools could be found`, cause: /no pool for its namespace/ },
    {
      ...sync,
      message: `${failed}no addresses available in [default] range [192.0.2.10-192.0.2.11]`,
      cause: /every address of its pool/,
    },
  ],
};

/** Whose words are those of Kubernetes' service controller: what comes with a cloud, and those that are built upon it. */
function isOfServiceController(id: string): boolean {
  const comesWithPlatform = allPlatforms.some(({ loadBalancer }) => loadBalancer?.id === id);
  return comesWithPlatform || ['servicelb', 'kube-vip', 'cloud-provider-kind'].includes(id);
}

/** Everything that a load balancer may say. */
export function wordsOfLoadBalancer(id: string): readonly Words[] {
  const own = wordsOf[id] ?? [];
  const common = isOfServiceController(id) ? serviceControllerWords : [];
  // ServiceLB reads one of them in its own way.
  return [
    ...own,
    ...common.filter(({ reason, message }) => !own.some((each) => each.reason === reason && each.message === message)),
  ];
}
