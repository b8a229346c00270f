import { command, cure, part } from '../../errors/cure.ts';
import { awsRefusal } from '../aws.ts';
import { explanations } from '../platform.ts';

// Messages that Kubernetes' cloud provider for AWS writes about a Service. Each message is in the file that `source` names.
const repository = 'https://github.com/kubernetes/cloud-provider-aws/blob/master/pkg/providers/v1/';
const provider = `${repository}aws.go`;
const balancer = `${repository}aws_loadbalancer.go`;
const validations = `${repository}aws_validations.go`;

const sync = /^(?:SyncLoadBalancerFailed|UpdateLoadBalancerFailed)$/;
const prefix = 'service.beta.kubernetes.io/aws-load-balancer-';
const network = part`--annotation ${`${prefix}type=nlb`}`;

export const awsInTreeWords = explanations(() => [
  {
    reason: sync,
    message: awsRefusal,
    cause: 'the IAM role of the controller lacks the permission that the message names',
    advice: '',
    look: cure(
      command`aws iam attach-role-policy --role-name ROLE --policy-arn arn:aws:iam::aws:policy/AmazonEKSClusterPolicy`,
      "gives it EKS's own policy; ROLE is the role of the cluster, outside of EKS that of the control plane's machines, with a policy of your own",
    ),
    source: 'https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html',
  },
  {
    reason: sync,
    message: /LoadBalancerIP cannot be specified for AWS ELB/,
    cause: 'its spec.loadBalancerIP requests an address, which AWS does not support',
    advice: 'without spec.loadBalancerIP',
    flags: part``,
    needsNewService: true,
    source: provider,
  },
  {
    reason: sync,
    message: /unsupported load balancer affinity/,
    cause: 'its sessionAffinity is ClientIP, which a Classic Load Balancer does not support',
    advice: 'without sessionAffinity',
    flags: part``,
    needsNewService: true,
    source: provider,
  },
  {
    reason: sync,
    message: /Protocol \S+ not supported by LoadBalancer/,
    cause: 'a Classic Load Balancer takes TCP alone',
    advice: '',
    flags: network,
    needsNewService: true,
    source: provider,
  },
  {
    reason: sync,
    message: /BYO extra security group annotation|target group attributes annotation is only supported for NLB/,
    cause: 'an annotation of it is for the other kind of load balancer, Classic or Network',
    advice: 'leave that annotation out, or request a Network Load Balancer',
    flags: network,
    needsNewService: true,
    source: validations,
  },
  {
    reason: sync,
    message: /cannot update Load Balancer Type annotation/,
    cause: 'its load balancer was made as the other kind, Classic or Network, and that cannot be changed',
    advice: '',
    flags: part``,
    needsNewService: true,
    source: validations,
  },
  {
    reason: sync,
    message: /the only value supported currently is '\*'/,
    cause: 'the only value of the annotation for the PROXY protocol is *',
    advice: 'without the annotation, the app gets connections as they are',
    without: `${prefix}proxy-protocol`,
    source: provider,
  },
  {
    reason: sync,
    message:
      /[Ii]nvalid health check port|Unsupported health check protocol|HealthCheck validation errors|health check annotation|health check parameters are invalid/,
    cause: 'an annotation for its health check has a value that AWS does not take',
    advice: 'without that annotation, the port itself is probed by TCP',
    flags: part`--annotation ${`${prefix}healthcheck-port=traffic-port`} --annotation ${`${prefix}healthcheck-protocol=tcp`}`,
    source: balancer,
  },
  {
    reason: sync,
    message: /[Ii]nvalid backend protocol/,
    cause: 'the annotation aws-load-balancer-backend-protocol has a value that does not fit its certificate',
    advice: 'or http, https, ssl',
    flags: part`--annotation ${`${prefix}backend-protocol=tcp`}`,
    source: provider,
  },
  {
    reason: sync,
    message:
      /error parsing service annotation|failed to parse annotation|is set twice in the annotation|attribute value is empty|invalid attribute value|is not supported by the controller or is invalid|client IP preservation can't be disabled/,
    cause: 'an annotation of it has a value that AWS does not take',
    advice: 'the message names the annotation KEY; --annotation KEY- removes it',
    flags: part`--annotation KEY=VALUE`,
    source: provider,
  },
  {
    reason: sync,
    message: /Must have same number of Private IPv4Addresses/,
    cause: 'it asks for another number of private addresses than it has subnets',
    advice: 'IPS are addresses with commas between them, one of each subnet',
    flags: part`--annotation ${`${prefix}private-ipv4-addresses=IPS`}`,
    source: balancer,
  },
  {
    reason: sync,
    message: /Must have same number of EIP AllocationIDs/,
    cause: 'it asks for another number of addresses than it has subnets',
    advice: 'IDS are allocation ids with commas between them, one for each subnet',
    flags: part`--annotation ${`${prefix}eip-allocations=IDS`}`,
    source: balancer,
  },
  {
    reason: sync,
    message: /expected to find .* subnets|unable to resolve empty subnet slice|could not locate routing table/,
    cause: 'the subnets that its annotation names do not exist, or have no routes',
    advice: 'SUBNETS are the ids of subnets of this VPC, one for each Availability Zone',
    flags: part`--annotation ${`${prefix}subnets=SUBNETS`}`,
    source: provider,
  },
  {
    reason: sync,
    message: /Multiple tagged security groups found/,
    cause: 'the nodes have several security groups with the tag of the cluster, so AWS opens none of them',
    advice: 'remove the tag kubernetes.io/cluster/NAME from all but one of the security groups that the message lists',
    stopsTraffic: true,
    source: provider,
  },
  {
    reason: sync,
    message: /Multiple untagged security groups found/,
    cause: 'the nodes have several security groups and none with the tag of the cluster, so AWS opens none of them',
    advice: 'tag one of them with kubernetes.io/cluster/NAME=owned',
    stopsTraffic: true,
    source: provider,
  },
  {
    reason: sync,
    message: /security groups?|authorizing security group ingress/,
    cause: 'AWS did not set up its security group',
    advice:
      'the role of the controller needs the right ec2:AuthorizeSecurityGroupIngress, and the group room for rules',
    stopsTraffic: true,
    source: provider,
  },
  {
    reason: sync,
    message:
      /node has no providerID|node with instanceID .* not found|multiple (?:instances|nodes) .*found|NodeName .* with /,
    cause: 'AWS does not find the instance of a node',
    advice: 'the kubelet must run with --cloud-provider=external, and the name of a node must be that of its instance',
    source: provider,
  },
  {
    reason: sync,
    message: /requested load balancer with no ports/,
    cause: 'it has no port',
    advice: 'expose a port',
    source: provider,
  },
  {
    reason: sync,
    message: /[Ll]oad balancer not found|NLB '.*' could not be found/,
    cause: 'its load balancer was deleted at AWS',
    advice: '',
    flags: part``,
    needsNewService: true,
    stopsTraffic: true,
    source: provider,
  },
]);

/** Explanations that count only if no other explanation matches. */
export const awsInTreeFallbacks = explanations(() => [
  {
    reason: sync,
    message:
      /error (?:creating|updating|describing|deleting|modifying|retrieving|reconciling|attaching|detaching|applying|configuring|adjusting|setting|listing|trying)/,
    cause: 'AWS refuses a step of making its load balancer, for the reason in the message',
    advice: 'its controller tries again by itself, and at every change of the Service',
    source: balancer,
  },
]);
