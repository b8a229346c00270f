import { command, cure, part } from '../../errors/cure.ts';
import { explanations } from '../platform.ts';

// Messages that the AWS Load Balancer Controller writes about a Service, an Ingress or a TargetGroupBinding. EKS Auto Mode
// runs the same code. Each message is in the file that `source` names.
const repository = 'https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/';
const balancer = `${repository}pkg/service/model_build_load_balancer.go`;
const targets = `${repository}pkg/service/model_build_target_group.go`;
const listeners = `${repository}pkg/service/model_build_listener.go`;
const groups = `${repository}pkg/service/model_build_managed_sg.go`;
const subnets = `${repository}pkg/networking/subnet_resolver.go`;
const securityGroups = `${repository}pkg/networking/security_group_resolver.go`;
const network = `${repository}pkg/networking/networking_manager.go`;
const bindings = `${repository}pkg/targetgroupbinding/resource_manager.go`;
const events = `${repository}pkg/k8s/events.go`;

const built = /^FailedBuildModel$/;
const prefix = 'service.beta.kubernetes.io/aws-load-balancer-';
const dualStack = part`--annotation ${`${prefix}ip-address-type=dualstack`}`;
const toPods = part`--annotation ${`${prefix}nlb-target-type=ip`}`;
const toNodes = part`--annotation ${`${prefix}nlb-target-type=instance`}`;

export const awsControllerWords = explanations(() => [
  {
    reason: built,
    message: /unsupported IPv6 configuration, lb not dual-stack/,
    cause: 'the Service has the IP family IPv6, and the load balancer is to have IPv4 alone',
    advice: '',
    flags: part`${dualStack} ${toPods}`,
    source: targets,
  },
  {
    reason: built,
    message: /unsupported v6 cidr .* when lb is not dualstack/,
    cause: 'a source range is of IPv6, and the load balancer is to have IPv4 alone',
    advice: 'or leave the IPv6 range out of --source-range',
    flags: dualStack,
    source: groups,
  },
  {
    reason: built,
    message: /IPv6 addresses can only be set for dualstack/,
    cause: 'it asks for an IPv6 address, and the load balancer is to have IPv4 alone',
    advice: '',
    flags: dualStack,
    source: balancer,
  },
  {
    reason: built,
    message: /associated IPv6 CIDR block/,
    cause: 'a dual-stack load balancer needs subnets with IPv6 addresses, and those here have none',
    advice: 'give the subnets an IPv6 CIDR block, or name others: SUBNETS are their ids',
    flags: part`--annotation ${`${prefix}subnets=SUBNETS`}`,
    source: subnets,
  },
  {
    reason: built,
    message: /insufficient available IP addresses|minimal required count/,
    cause: 'AWS finds no subnet for it: too few are of this cluster and have eight free addresses',
    advice:
      'tag more subnets with kubernetes.io/role/elb=1 (public) or kubernetes.io/role/internal-elb=1; or name them: SUBNETS are their ids',
    flags: part`--annotation ${`${prefix}subnets=SUBNETS`}`,
    source: subnets,
  },
  {
    reason: built,
    message:
      /couldn't find all subnets|subnet ID not found|subnet with Name tag|multiple subnets in same Availability Zone|subnets in multiple locales|unknown zone type/,
    cause: 'the subnets that its annotation names do not exist, or do not fit together',
    advice: 'SUBNETS are the ids of subnets of this VPC, one for each Availability Zone',
    flags: part`--annotation ${`${prefix}subnets=SUBNETS`}`,
    source: subnets,
  },
  {
    reason: built,
    message: /EIP allocations can only be set for internet facing/,
    cause: 'it asks for Elastic IPs, which only a public load balancer has',
    advice: '',
    scheme: 'public',
    source: balancer,
  },
  {
    reason: built,
    message: /private IPv4 addresses can only be set for internal/,
    cause: 'it asks for private addresses, which only an internal load balancer takes',
    advice: '',
    scheme: 'internal',
    source: balancer,
  },
  {
    reason: built,
    message: /count of EIP allocations/,
    cause: 'it asks for another number of Elastic IPs than it has subnets',
    advice: 'IDS are allocation ids with commas between them, one for each subnet',
    flags: part`--annotation ${`${prefix}eip-allocations=IDS`}`,
    source: balancer,
  },
  {
    reason: built,
    message: /count of private IPv4 addresses|expect one private IPv4 address|private IPv4 addresses must be valid/,
    cause: 'the private addresses that it asks for are not valid, or not one for each subnet',
    advice: 'IPS are addresses with commas between them, one of each subnet',
    flags: part`--annotation ${`${prefix}private-ipv4-addresses=IPS`}`,
    source: balancer,
  },
  {
    reason: built,
    message: /count of IPv6 addresses|expect one IPv6 address|IPv6 addresses must be valid/,
    cause: 'the IPv6 addresses that it asks for are not valid, or not one for each subnet',
    advice: 'IPS are addresses with commas between them, one of each subnet',
    flags: part`--annotation ${`${prefix}ipv6-addresses=IPS`}`,
    source: balancer,
  },
  {
    reason: built,
    message: /unsupported targetType: .* when EnableIPTargetType/,
    cause: 'the controller does not send to Pods directly (--enable-ip-target-type=false)',
    advice: '',
    flags: toNodes,
    source: targets,
  },
  {
    reason: built,
    message: /unallocated NodePort|TargetGroup port is empty|unsupported service type/,
    cause: 'the load balancer sends to nodePorts, and the Service has none',
    advice: '',
    flags: toPods,
    source: targets,
  },
  {
    reason: built,
    message: /named healthCheckPort/,
    cause: 'the health check names a port, and the targetPort of that port is a name too',
    advice: '',
    flags: part`--annotation ${`${prefix}healthcheck-port=traffic-port`}`,
    source: targets,
  },
  {
    reason: built,
    message: /unsupported health check protocol/,
    cause: 'the protocol of its health check is not one of tcp, http and https',
    advice: '',
    flags: part`--annotation ${`${prefix}healthcheck-protocol=tcp`}`,
    source: targets,
  },
  {
    reason: built,
    message: /unknown scheme|invalid load balancer scheme/,
    cause: 'its scheme is neither internal nor internet-facing',
    advice: 'or --scheme internal',
    scheme: 'public',
    source: balancer,
  },
  {
    reason: built,
    message: /unknown IPAddressType/,
    cause: 'its IP address type is neither ipv4 nor dualstack',
    advice: '',
    flags: part`--annotation ${`${prefix}ip-address-type=ipv4`}`,
    source: balancer,
  },
  {
    reason: built,
    message: /for Load Balancer proxy protocol v2 annotation/,
    cause: 'the only value of the annotation for the PROXY protocol is *',
    advice: 'without the annotation, the app gets connections as they are',
    without: `${prefix}proxy-protocol`,
    source: targets,
  },
  {
    reason: built,
    message: /name cannot be longer than 32/,
    cause: 'the name that it asks for has more than 32 characters',
    advice: 'NAME is a shorter one',
    flags: part`--annotation ${`${prefix}name=NAME`}`,
    source: balancer,
  },
  {
    reason: built,
    message: /can only merge two ports|unsupported protocol for merging|protocols can't match for merging/,
    cause: 'two of its ports have the same number and protocol',
    advice: 'expose each port once',
    source: listeners,
  },
  {
    reason: built,
    message: /[Uu]nused port in ssl-ports/,
    cause: 'the annotation for TLS names a port that the Service does not have',
    advice: 'PORT is one of its ports',
    flags: part`--annotation ${`${prefix}ssl-ports=PORT`}`,
    source: listeners,
  },
  {
    reason: built,
    message:
      /couldn't find all security groups|couldn't fetch SecurityGroupInfos|requested (?:ids|names) \[.*\] but found/,
    cause: 'a security group that its annotation names does not exist in this VPC',
    advice: 'without the annotation, the controller makes a security group',
    without: `${prefix}security-groups`,
    source: securityGroups,
  },
  {
    reason: built,
    message: /backendSG feature is required/,
    cause:
      'the controller runs with --enable-backend-security-group=false, and the Service names its own security groups',
    advice: 'without the annotation, the controller makes a security group',
    without: `${prefix}security-groups`,
    source: balancer,
  },
  {
    reason: built,
    message: /conflicting security groups configuration/,
    cause: 'its load balancer was made with security groups, and is now to have none; that cannot be changed',
    advice: '',
    without: `${prefix}disable-nlb-sg`,
    source: balancer,
  },
  {
    reason: built,
    message: /external managed tag key/,
    cause: 'it sets an AWS tag that the controller leaves to others (--external-managed-tags)',
    advice: 'leave that tag out of the annotation',
    without: `${prefix}additional-resource-tags`,
    source: balancer,
  },
  {
    reason: built,
    message: /deletion_protection is enabled/,
    cause: 'its load balancer is protected from deletion',
    advice: 'the annotation has other attributes as well, if it had any before',
    flags: part`--annotation ${`${prefix}attributes=deletion_protection.enabled=false`}`,
    source: `${repository}pkg/service/model_builder.go`,
  },
  {
    reason: built,
    message:
      /[Ii]nvalid (?:value|ALPN|key|port|dns_record)|[Ii]nvalid enable-prefix|must be (?:one of|set|within)|can only be set|failed to parse|Unsupported QUIC|source-nat|is only applicable/,
    cause: 'an annotation of it has a value that the controller does not take',
    advice: 'the message names the annotation KEY; --annotation KEY- removes it',
    flags: part`--annotation KEY=VALUE`,
    source: balancer,
  },
  {
    reason: /^FailedDeployModel$/,
    message: /no internet gateway/,
    cause: 'a public load balancer needs an internet gateway, and the VPC has none',
    advice: '',
    scheme: 'internal',
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html',
  },
  {
    reason: /^FailedDeployModel$/,
    message: /does not support creating load balancers/,
    cause: 'AWS has not enabled load balancers for this account',
    advice: 'ask the support of AWS to enable them',
    source: 'https://repost.aws/knowledge-center/elb-fix-load-balancer-creation-errors',
  },
  {
    reason: /^FailedNetworkReconcile$/,
    message: /exactly one securityGroup tagged/,
    cause:
      'the controller did not open the security group of the nodes, so no packet gets to the app: exactly one security group of a node may have the tag of the cluster',
    advice:
      'remove the tag kubernetes.io/cluster/NAME from all but one of the security groups that the message lists; if it lists none, tag the one of the nodes',
    stopsTraffic: true,
    source: network,
  },
  {
    reason: /^FailedNetworkReconcile$/,
    message: /cannot resolve pod ENI/,
    cause: 'its load balancer sends to Pods directly, and their addresses are not of the VPC',
    advice: '',
    flags: toNodes,
    stopsTraffic: true,
    source: `${repository}pkg/networking/pod_eni_info_resolver.go`,
  },
  {
    reason: /^FailedNetworkReconcile$/,
    message: /cannot resolve node ENI/,
    cause: 'the controller does not find the network interface of a node',
    advice: 'the nodes must be EC2 instances of the VPC that the controller works for (--aws-vpc-id)',
    stopsTraffic: true,
    source: `${repository}pkg/networking/node_eni_info_resolver.go`,
  },
  {
    reason: /^FailedNetworkReconcile$/,
    cause: 'the controller did not open the security group of the nodes, so no packet gets to the app',
    advice: 'the controller needs the right ec2:AuthorizeSecurityGroupIngress, and the group room for rules',
    stopsTraffic: true,
    source: network,
  },
  {
    reason: /^BackendNotFound$/,
    cause: 'the target group has no targets: the Service or the port that it names does not exist',
    advice: '',
    look: cure(command`kubectl get targetgroupbindings -A`, 'shows the Service and the port of each target group'),
    stopsTraffic: true,
    source: bindings,
  },
  {
    reason: /^FailedReconcile$|^FailedCleanup$/,
    cause: 'the controller did not bring the targets up to date: AWS refused the call that the message names',
    advice: 'the controller tries again by itself; a call that is denied needs a permission of its IAM role',
    stopsTraffic: true,
    source: events,
  },
  {
    reason: /^ConflictingIngressClass$|^FailedLoadGroupID$/,
    cause: 'the controller cannot say to which load balancer the Ingress belongs',
    advice: 'set spec.ingressClassName alone, and correct the annotation alb.ingress.kubernetes.io/group.name',
    source: events,
  },
  {
    reason: /^Failed(?:Add|Remove)Finalizer$|^FailedUpdateStatus$|^FailedCleanupStatus$/,
    cause: 'the AWS Load Balancer Controller may not change the object',
    advice: 'its ClusterRole has to allow patching the object and its status, and a webhook may be in its way',
    source: events,
  },
]);

/** Explanations that count only if no other explanation matches. */
export const awsControllerFallbacks = explanations(() => [
  {
    reason: built,
    cause: 'the controller cannot make a load balancer of the Service as it is',
    advice: 'KEY is the annotation for what the message names',
    flags: part`--annotation KEY=VALUE`,
    source: `${repository}controllers/service/service_controller.go`,
  },
  {
    reason: /^FailedDeployModel$/,
    cause: 'AWS refuses a step of making the load balancer',
    advice: '',
    look: cure(
      command`kubectl logs -n kube-system deployment/aws-load-balancer-controller --tail=50`,
      'shows the log of the controller',
    ),
    source: `${repository}controllers/service/service_controller.go`,
  },
]);
