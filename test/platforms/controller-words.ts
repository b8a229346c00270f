import type { Words } from './words.ts';

// Messages as the code of each controller writes them, with values of our own: the format strings are in the files that
// the explanations name as their source.

type Row = readonly [reason: string, message: string, cause: RegExp];

const words = (rows: readonly Row[]): Words[] => rows.map(([reason, message, cause]) => ({ reason, message, cause }));
const sync = 'SyncLoadBalancerFailed';
const ensuring = (message: string) => `Error syncing load balancer: failed to ensure load balancer: ${message}`;
const synced = (rows: readonly (readonly [string, RegExp])[]): Row[] =>
  rows.map(([message, cause]) => [sync, ensuring(message), cause]);
const built = (rows: readonly (readonly [string, RegExp])[]): Row[] =>
  rows.map(([message, cause]) => ['FailedBuildModel', `Failed build model due to ${message}`, cause]);

export const awsControllerSaid = words([
  ...built([
    ['unsupported IPv6 configuration, lb not dual-stack', /IP family IPv6/],
    ['unsupported v6 cidr 2001:db8::/32 when lb is not dualstack', /source range is of IPv6/],
    ['IPv6 addresses can only be set for dualstack load balancers', /asks for an IPv6 address/],
    [
      'subnets [subnet-1] do not have an associated IPv6 CIDR block, which is required for dualstack load balancers',
      /needs subnets with IPv6/,
    ],
    [
      'unable to resolve at least one subnet. Evaluated 3 subnets: 1 are tagged for other clusters, and 2 have insufficient available IP addresses',
      /eight free addresses/,
    ],
    ["couldn't find all subnets, want: [a b], found: [a]", /subnets that its annotation names/],
    ['EIP allocations can only be set for internet facing load balancers', /asks for Elastic IPs/],
    ['private IPv4 addresses can only be set for internal load balancers', /asks for private addresses/],
    ['count of EIP allocations (1) and subnets (3) must match', /another number of Elastic IPs/],
    ['private IPv4 addresses must be valid IP address: x', /private addresses that it asks for are not valid/],
    ['count of IPv6 addresses (1) and subnets (3) must match', /IPv6 addresses that it asks for are not valid/],
    ['unsupported targetType: ip when EnableIPTargetType is false', /does not send to Pods directly/],
    ['unable to support instance target type with an unallocated NodePort', /the Service has none/],
    [
      "cannot use named healthCheckPort for IP TargetType when service's targetPort is a named port",
      /health check names a port/,
    ],
    ['unsupported health check protocol SCTP', /protocol of its health check/],
    ['unknown scheme: private', /neither internal nor internet-facing/],
    ['unknown IPAddressType: ipv6', /neither ipv4 nor dualstack/],
    [
      'invalid value true for Load Balancer proxy protocol v2 annotation, only value currently supported is *',
      /PROXY protocol is \*/,
    ],
    ['load balancer name cannot be longer than 32 characters', /more than 32/],
    ["protocols can't match for merging: TCP", /same number and protocol/],
    ['Unused port in ssl-ports annotation [443]', /port that the Service does not have/],
    ["couldn't find all security groups: requested ids [sg-1] but found []", /security group that its annotation/],
    [
      'backendSG feature is required to manage worker node SG rules when frontendSG is manually specified',
      /names its own security groups/,
    ],
    ['conflicting security groups configuration', /made with security groups/],
    ['external managed tag key owner cannot be specified on Service', /an AWS tag/],
    ['deletion_protection is enabled, cannot delete the service: train', /protected from deletion/],
    ['invalid ALPN policy x, policy must be one of [None]', /value that the controller does not take/],
    ['the sky is falling', /cannot make a load balancer of the Service/],
  ]),
  [
    'FailedDeployModel',
    'Failed deploy model due to InvalidSubnet: VPC vpc-1 has no internet gateway',
    /needs an internet gateway/,
  ],
  [
    'FailedDeployModel',
    'Failed deploy model due to OperationNotPermitted: This AWS account currently does not support creating load balancers.',
    /not enabled load balancers/,
  ],
  ['FailedDeployModel', 'Failed deploy model due to ListenerNotFound', /AWS refuses a step/],
  [
    'FailedNetworkReconcile',
    'expected exactly one securityGroup tagged with kubernetes.io/cluster/x for eni eni-1, got: [] (clusterName: x)',
    /exactly one security group of a node/,
  ],
  ['FailedNetworkReconcile', 'cannot resolve pod ENI for pods: [default/train-head]', /not of the VPC/],
  ['FailedNetworkReconcile', 'cannot resolve node ENI for nodes: [gpu-1]', /network interface of a node/],
  ['FailedNetworkReconcile', 'UnauthorizedOperation', /did not open the security group of the nodes/],
  ['BackendNotFound', 'backend not found: services "train" not found', /target group has no targets/],
  ['FailedReconcile', 'x', /did not bring the targets up to date/],
  ['FailedLoadGroupID', 'x', /to which load balancer the Ingress belongs/],
  ['FailedAddFinalizer', 'Failed add finalizer due to services "train" is forbidden', /may not change the object/],
]);

export const awsInTreeSaid = words([
  ...synced([
    [
      'AccessDenied: User: arn:aws:sts::1 is not authorized to perform: elasticloadbalancing:CreateLoadBalancer',
      /role of the controller lacks the permission/,
    ],
    ['unsupported load balancer affinity: ClientIP', /sessionAffinity is ClientIP/],
    ['Protocol UDP not supported by LoadBalancer', /takes TCP alone/],
    [
      'BYO extra security group annotation "service.beta.kubernetes.io/aws-load-balancer-extra-security-groups" is not supported by NLB',
      /other kind of load balancer/,
    ],
    [
      'cannot update Load Balancer Type annotation "service.beta.kubernetes.io/aws-load-balancer-type" after creation for NLB',
      /made as the other kind/,
    ],
    [
      `annotation "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol"="true" detected, but the only value supported currently is '*'`,
      /PROXY protocol is \*/,
    ],
    ["Invalid health check port 'x'", /annotation for its health check/],
    [
      'Invalid backend protocol udp for arn in service.beta.kubernetes.io/aws-load-balancer-backend-protocol',
      /aws-load-balancer-backend-protocol/,
    ],
    [
      'error parsing service annotation: service.beta.kubernetes.io/aws-load-balancer-connection-idle-timeout=x',
      /annotation of it has a value/,
    ],
    [
      'error creating load balancer: Must have same number of EIP AllocationIDs (1) and SubnetIDs (3)',
      /another number of addresses/,
    ],
    [
      'error creating load balancer: Must have same number of Private IPv4Addresses (1) and SubnetIDs (3)',
      /another number of private addresses/,
    ],
    ['expected to find 2, but found 1 subnets', /subnets that its annotation names/],
    [
      'Multiple tagged security groups found for instance i-1; ensure only the k8s security group is tagged; the tagged groups were sg-1 sg-2',
      /several security groups with the tag/,
    ],
    [
      'Multiple untagged security groups found for instance i-1; ensure the k8s security group is tagged',
      /none with the tag/,
    ],
    ['could not determine security group for load balancer: a1', /did not set up its security group/],
    ['node has no providerID', /instance of a node/],
    ['requested load balancer with no ports', /has no port/],
    ['Load balancer not found', /was deleted at AWS/],
    ['error creating load balancer: "x"', /AWS refuses a step/],
  ]),
]);

export const gkeSaid = words([
  ...synced([
    [
      "googleapi: Error 400: Invalid value for field 'resource.ports[5]': '9000'. Too many ports specified. Maximum is 5., invalid",
      /at most 5 ports/,
    ],
    [
      'requested IP "203.0.113.9" belongs to the STANDARD network tier; expected PREMIUM',
      /Standard network tier, and the load balancer of Premium/,
    ],
    [
      'requested IP "203.0.113.9" belongs to the PREMIUM network tier; expected STANDARD',
      /Premium network tier, and the load balancer of Standard/,
    ],
    ['unsupported network tier: "Gold"', /neither Premium nor Standard/],
    ['requested ip "203.0.113.9" is neither static nor assigned to the LB', /not reserved in this project/],
    ['address type mismatch, expected "EXTERNAL", actual: "INTERNAL"', /internal and the load balancer public/],
    [
      'googleapi: Error 400: Requested internal IP address is outside the network/subnetwork range',
      /not in the subnet of its load balancer/,
    ],
    ['IP configuration error: "203.0.113.9" in use', /is in use, or is another one/],
    ['googleapi: Error 400: IP_SPACE_EXHAUSTED', /has no address left/],
    ['Conflicting ports configuration error: "80-80" taken', /another load balancer has one of its ports/],
    [`Subnetwork "lb" can't be found for project p`, /subnet that its annotation names/],
    ['subnet lb does not have internal IPv6 ranges, required for an internal IPv6 Service', /no such addresses/],
    ['cannot specify both subnet ("a") and ip-collection ("b") for LoadBalancer', /its own IPv6 addresses/],
    ['session affinity config was not set as required for strong session affinity', /strong session affinity/],
    ['network blue does not exist', /network that it selects/],
    ['cannot EnsureLoadBalancer() with no hosts', /no node is available for it/],
    ['Invalid protocol SCTP, only TCP and UDP are supported', /TCP and UDP alone/],
    ['failed to ensure node firewall for load balancer (a): x', /did not open the firewall/],
    [
      "googleapi: Error 403: Required 'compute.firewalls.create' permission for 'projects/p/global/firewalls/x', forbidden",
      /refuses it to the controller's own identity/,
    ],
  ]),
  ['AllowlistingRequired', 'Weighted Load Balancing for L4', /weighted load balancing is not enabled/],
  ['UnsupportedConfiguration', 'Weighted load balancing has no effect', /has no effect/],
  ['CanNotMigrateTargetPoolToRBS', 'RBS annotation was attached to the Legacy Target Pool service.', /target pool/],
  ['UnexpectedlyRemovedFinalizer', 'Finalizer x was unexpectedly removed from the service.', /GKE's finalizer/],
  ['L4LBConfigNotFound', 'L4LBConfig could not be retrieved: x', /L4LBConfig that its annotation/],
  ['SyncInstanceGroupsFailed', 'Error syncing instance group: x', /instance group of the nodes/],
  ['DeleteLoadBalancer', 'Error resetting status: x', /did not reset the status/],
  ['LoadBalancerManualChange', 'Firewall change required by network admin: `gcloud …`', /firewall of a shared VPC/],
]);

export const aksSaid = words([
  ...synced([
    ['user supplied IP Address 203.0.113.9 was not found in resource group MC_a', /resource group of the nodes/],
    [
      "PublicIP from annotation azure-pip-name(-IPv6)=a for service train doesn't exist",
      /public address that its annotation/,
    ],
    [
      'ensurePublicIPExists for service(train): pip(a) - there is an existing service web consuming the DNS label on the public IP',
      /has the DNS label/,
    ],
    [
      'HTTPStatusCode: 400, RawError: {"error":{"code":"PublicIPAddressInUse","message":"Public IP address is in use."}}',
      /is in use: by another load balancer/,
    ],
    [
      'Status=400 Code="LoadBalancerFrontendIPConfigurationCountLimitReached" Message="A load balancer cannot have more than 10 FrontendIPConfigurations."',
      /no room for another address/,
    ],
    [
      'HTTPStatusCode: 400, RawError: {"error":{"code":"InvalidTagValueLength","message":"Tag value too large. Maximum allowed length for tag value - \'256\' characters."}}',
      /too many Services share/,
    ],
    ['Code="SubnetNotFound" Message="Subnet a could not be found in virtual network b."', /subnet that it is to be in/],
    [
      'Code="SubnetIsFull" Message="Subnet a with address prefix 10.0.0.0/28 doesn\'t have enough capacity for IP addresses."',
      /has no address left/,
    ],
    [
      'Code="DifferentSkuLoadBalancersAndPublicIPAddressNotAllowed" Message="Different basic sku and standard sku load balancer or public Ip resources in availability set is not allowed"',
      /another SKU/,
    ],
    [
      'HTTPStatusCode: 403, RawError: {"error":{"code":"LinkedAuthorizationFailed","message":"The client has permission to perform action on scope x; however, it does not have permission to perform action \'Microsoft.Network/publicIPAddresses/join/action\' on the linked scope(s) y"}}',
      /managed identity/,
    ],
    ['Code="RequestDisallowedByPolicy" Message="Resource a was disallowed by policy."', /an Azure Policy/],
    [
      'Code="ScopeLocked" Message="The scope cannot perform write operation because following scope(s) are locked"',
      /a lock/,
    ],
    ['Code="ReadOnlyDisabledSubscription"', /is disabled/],
    [
      'Code="NetworkInterfaceUsesMultipleLoadBalancersOfSameType" Message="Network interface a references more than one load balancer of the same type"',
      /behind another load balancer/,
    ],
    [
      'checkLoadBalancerResourcesConflicts: service port a is trying to consume the port 80 which is being referenced by an existing loadBalancing rule',
      /another Service has one of its ports/,
    ],
    ['Code="PrivateIPAddressIsAllocated"', /is taken, or is not in the subnet/],
    [
      'selectLoadBalancer: cluster(a) service(b) isInternal(false) -  all available load balancers have exceeded maximum rule limit 250, vmSetNames ([])',
      /no room for more rules/,
    ],
    [
      'selectLoadBalancer: cluster(a) service(b) isInternal(false) - unable to find load balancer for selected VM sets [a]',
      /pool of nodes that its annotation/,
    ],
    [
      'multiple standard load balancers are enabled but no configuration named "a" is found',
      /not among those of the cluster/,
    ],
    [
      'idle timeout value must be a whole number representing minutes between 4 and 30, actual value: 1',
      /from 4 to 30/,
    ],
    ['ensure(train): lb(a) - failed to get subnet: vnet/x', /does not exist in the network/],
    ['total probe should be less than 120, please adjust interval', /annotation for its health probe/],
    ['SCTP is only supported on standard loadbalancer in internal mode', /TCP and UDP alone/],
    [
      'reconcilePrivateLinkService for service(a): service requiring private link service must be internal or disable floating ip',
      /needs an internal load balancer/,
    ],
    ['IPv6 is not supported for private link service', /annotation for its private link service/],
    ['securityGroup priorities are exhausted', /no room for more rules/],
    [
      'unable to apply access control configuration to security group: invalid service annotation service.beta.kubernetes.io/azure-allowed-ip-ranges:x: bad',
      /source ranges/,
    ],
    ['failed to parse annotation service.beta.kubernetes.io/x: y', /value that Azure does not take/],
    ['failed to find a primary nic for the vm. vmname="a"', /machine or the network interface/],
  ]),
  ['FailedToFindLoadBalancerForNode', 'x', /which nodes there are/],
  ['DeletingFrontendIPConfiguration', 'isFrontendIPConfigUnsafeToDelete: x', /other rules still use/],
]);

export const okeSaid = words([
  ...synced([
    [
      'creating load balancer: Service error:LimitExceeded. The following service limits were exceeded: lb-100mbps-count. Request a service limit increase from the service limits page in the console. . http status code: 400.',
      /limit of Oracle Cloud/,
    ],
    [
      'creating load balancer: Error returned by LoadBalancer Service. Http Status Code: 400. Error Code: InvalidParameter. Message: Private subnet with id ocid1.subnet.oc1.iad.example is not allowed in a public loadbalancer.',
      /public load balancer is to be in a private subnet/,
    ],
    ['a subnet must be specified for creating a load balancer', /in which subnet/],
    ['SingleStack IPv6 is not supported for OCI LBaaS', /IPv6 alone/],
    ['subnet does not have IPv6 CIDR blocks: x', /IP family of the Service/],
    ['The IP address provided is not available for use.', /is in use/],
    ['invalid service: cannot create a private load balancer with Reserved IP', /reserved public address/],
    ['invalid value "x" provided for LoadBalancerIP', /not valid, or came after/],
    ['invalid annotation x. Rule Sets are not supported by Network Load Balancer', /other kind of load balancer/],
    ['invalid service: OCI only supports SessionAffinity "None" currently', /sessionAffinity is ClientIP/],
    ['OCI load balancers do not support UDP', /takes TCP alone/],
    ["Security list management mode can only be 'None' for UDP protocol", /does not manage the security lists/],
    [
      'error parsing service annotation: service.beta.kubernetes.io/oci-load-balancer-shape=flexible requires a and b to be set',
      /minimum and a maximum/,
    ],
    ['cannot convert LB shape from flexible to fixed shape 100Mbps', /flexible and is now to be/],
    [
      'oci-network-load-balancer.oraclecloud.com/is-preserve-source annotation cannot be set when externalTrafficPolicy is set to Cluster',
      /address of the caller/,
    ],
    ['invalid number of Network Security Groups (Max: 5) including managed nsg', /network security group/],
    ['get security list for subnet "a": x', /security list of the subnet/],
    ['.spec.providerID was not present on node "a"', /not registered with Oracle Cloud/],
    ['Load Balancer has work requests in progress, will wait and retry', /still under way/],
    ['Unable to get service account token. Error:x', /service account that its annotation/],
    ['tls.crt not found in secret default/a', /Secret with its certificate/],
    ['Error Code: NotAuthorizedOrNotFound. Message: x', /Oracle Cloud refuses it to the cluster/],
    ['invalid value: x provided for annotation: y', /value that Oracle Cloud does not take/],
    ['awaiting it: WorkRequest "a" failed: x', /Oracle Cloud refuses a step/],
  ]),
]);

const allocating = (message: string) => `Failed to allocate IP for "default/train": ${message}`;
export const metallbSaid = words([
  ['AllocationFailed', allocating('no suitable pool for IPv6 IPFamily'), /addresses of the IP family/],
  ['AllocationFailed', allocating('pool gold not compatible for ip assignment'), /is for other Services/],
  [
    'AllocationFailed',
    allocating(`can't change sharing key for "default/train", address also in use by default/web`),
    /does not share it/,
  ],
  ['AllocationFailed', allocating('more than two addresses ["a" "b" "c"]'), /do not fit its IP families/],
  ['AllocationFailed', allocating('x'), /could not give it an address/],
  [
    'LoadBalancerFailed',
    'invalid requested loadbalancer IPs: requested loadBalancer IP(s) ["::1"] does not match the ipFamily of the service',
    /not of the IP family/,
  ],
  [
    'LoadBalancerFailed',
    'invalid requested loadbalancer IPs: requested loadBalancer IP(s) ["203.0.113.9"] is not compatible with requested address pool gold',
    /not in the pool that it names/,
  ],
  [
    'LoadBalancerFailed',
    'invalid requested loadbalancer IPs: service can not have both metallb.io/loadBalancerIPs and svc.Spec.LoadBalancerIP',
    /asks for an address twice/,
  ],
  ['LoadBalancerFailed', 'invalid requested loadbalancer IPs: invalid spec.loadBalancerIP "x"', /is not valid/],
  ['LoadBalancerFailed', 'x', /itself in trouble/],
  ['AdditionalAssignFailed', 'cannot assign additional IP in PreferDualStack: x', /other IP family/],
  ['not enough clusterips', 'Service requires dual stack but not enough clusterips [10.0.0.1]', /requires both/],
  ['nolbIPsIPFamily', 'Failed to retrieve LBIPs IPFamily for "x": y', /which IP family/],
  [
    'deprecatedAnnotation',
    'Service uses deprecated annotation metallb.universe.tf/address-pool',
    /by its earlier name/,
  ],
  [
    'announceFailed',
    'the interfaces specified by LB IP "203.0.113.9" doesn\'t exist in assigned node "box" with protocol "layer2"',
    /lacks the interfaces/,
  ],
]);

export const servicelbSaid = words([
  [
    sync,
    ensuring(
      'failed to create kube-system/svclb-a-f246494a apps/v1, Kind=DaemonSet for default/a: DaemonSet.apps "svclb-a-f246494a" is invalid: [spec.selector.matchLabels: Invalid value: "svclb-a-f246494a": must be no more than 63 characters]',
    ),
    /too long for ServiceLB/,
  ],
  [
    'FailedCreate',
    'Error creating: pods "svclb-a-f246494a-" is forbidden: violates PodSecurity "baseline:latest": hostPort',
    /Pod Security forbids/,
  ],
  [
    'FailedCreate',
    'Error creating: pods "svclb-a-f246494a-" is forbidden: exceeded quota: pods',
    /API server refuses the DaemonSet/,
  ],
  [sync, ensuring('failed to create kube-system/svclb-a-f246494a apps/v1, Kind=DaemonSet: x'), /make its DaemonSet/],
  [sync, ensuring('service.spec.loadBalancerSourceRanges: [x] is not valid'), /source range of it is not valid/],
  ['UnAvailableLoadBalancer', 'There are no available nodes for LoadBalancer', /none of its Pods of ServiceLB/],
  [
    'FailedScheduling',
    "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
    /has its port on the nodes/,
  ],
]);

const ready = { condition: 'TailscaleProxyReady' };
export const tailscaleSaid: readonly Words[] = [
  {
    ...ready,
    reason: 'ProxyPending',
    message: 'no Tailscale hostname known yet, waiting for proxy pod to finish auth',
    cause: /has not logged in to the tailnet/,
    seen: 'https://github.com/tailscale/tailscale/issues/13730',
  },
  {
    ...ready,
    reason: 'ProxyPending',
    message: 'ProxyClass prod specified for the Service, but is not (yet) Ready, waiting..',
    cause: /ProxyClass that it names/,
  },
  {
    reason: 'INVALIDCONFIG',
    message: 'unable to provision proxy resources: invalid config: x',
    cause: /configuration of the operator/,
  },
  {
    reason: 'INVALIDSERVICE',
    message:
      'unable to provision proxy resources: invalid Service: invalid Tailscale hostname "a", use "tailscale.com/hostname" annotation to override: x',
    cause: /cannot be that of a machine of the tailnet/,
  },
  {
    ...ready,
    reason: 'ProxyInvalid',
    message: 'unable to provision proxy resources: invalid Service: headless Services are not supported.',
    cause: /refuses the Service as it is/,
  },
  { ...ready, reason: 'ProxyFailed', message: 'failed to provision: x', cause: /could not make its proxy/ },
  { reason: 'ProxyGroupNotFound', message: 'ProxyGroup not found', cause: /ProxyGroup that it names/ },
];
