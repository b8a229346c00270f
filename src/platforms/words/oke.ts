import { command, cure, part } from '../../errors/cure.ts';
import { explanations } from '../platform.ts';

// Messages that the cloud controller manager for Oracle Cloud writes about a Service. Each message is in the file that
// `source` names.
const repository =
  'https://github.com/oracle/oci-cloud-controller-manager/blob/master/pkg/cloudprovider/providers/oci/';
const balancer = `${repository}load_balancer.go`;
const spec = `${repository}load_balancer_spec.go`;
const util = `${repository}load_balancer_util.go`;

const sync = /^(?:SyncLoadBalancerFailed|UpdateLoadBalancerFailed)$/;
const prefix = 'service.beta.kubernetes.io/oci-load-balancer-';
const network = part`--annotation oci.oraclecloud.com/load-balancer-type=nlb`;

const flexible = part`--annotation ${`${prefix}shape=flexible`} --annotation ${`${prefix}shape-flex-min=10`} --annotation ${`${prefix}shape-flex-max=100`}`;

export const okeWords = explanations(() => [
  {
    reason: sync,
    message: /private subnet.*public load ?balancer|public load ?balancer.*private subnet/is,
    cause: 'a public load balancer is to be in a private subnet, which Oracle Cloud does not allow',
    advice: `or, for a public one, --annotation ${prefix}subnet1=OCID with the OCID of a public subnet`,
    scheme: 'internal',
    source: 'https://github.com/oracle/oci-cloud-controller-manager/issues/403',
  },
  {
    reason: sync,
    message: /LimitExceeded.*lb-\d+mbps(?:-micro)?-count/s,
    cause: 'the limit of Oracle Cloud for load balancers of its fixed shape is reached',
    advice: 'or have the limit raised that the message names',
    flags: flexible,
    source: 'https://github.com/oracle/oci-cloud-controller-manager/issues/378',
  },
  {
    reason: sync,
    message: /a subnet must be specified/,
    cause: 'nothing says in which subnet it is to be',
    advice: 'OCID is that of a subnet for load balancers',
    flags: part`--annotation ${`${prefix}subnet1=OCID`}`,
    source: balancer,
  },
  {
    reason: sync,
    message: /SingleStack IPv6 is not supported for OCI LBaaS/,
    cause: 'the Service has the IP family IPv6 alone, which a network load balancer takes, and this kind does not',
    advice: '',
    flags: network,
    needsNewService: true,
    source: balancer,
  },
  {
    reason: sync,
    message: /does not have (?:an )?(?:IPv[46]|ipv[46]) (?:CIDR|cidr)|does not have IPv4 or IPv6 cidr/,
    cause: 'the subnet of its load balancer has no addresses of the IP family of the Service',
    advice: 'OCID is that of a subnet with such addresses',
    flags: part`--annotation ${`${prefix}subnet1=OCID`}`,
    source: balancer,
  },
  {
    reason: sync,
    message: /IP address provided is not available for use/,
    cause: 'the reserved address that it asks for is in use',
    advice: 'IP is a reserved address that nothing uses',
    flags: part`--static-ip IP`,
    needsNewService: true,
    source: balancer,
  },
  {
    reason: sync,
    message: /cannot create a private load balancer with Reserved IP/,
    cause: 'it asks for a reserved public address, and is internal',
    advice: '',
    scheme: 'public',
    source: spec,
  },
  {
    reason: sync,
    message: /provided for LoadBalancerIP|reserved IP cannot be updated/,
    cause: 'the address that it asks for is not valid, or came after its load balancer',
    advice: 'IP is a reserved address',
    flags: part`--static-ip IP`,
    needsNewService: true,
    source: spec,
  },
  {
    reason: sync,
    message: /Private IP assignment .* only in OCI Network Load ?balancer|Rule Sets are not supported/i,
    cause: 'an annotation of it is for the other kind of load balancer',
    advice: 'leave that annotation out, or take a network load balancer',
    flags: network,
    needsNewService: true,
    source: spec,
  },
  {
    reason: sync,
    message: /OCI only supports SessionAffinity/,
    cause: 'its sessionAffinity is ClientIP, which Oracle Cloud does not support',
    advice: 'without sessionAffinity',
    flags: part``,
    needsNewService: true,
    source: spec,
  },
  {
    reason: sync,
    message: /do not support UDP|invalid backend protocol/,
    cause: 'its load balancer takes TCP alone',
    advice: '',
    flags: network,
    needsNewService: true,
    source: util,
  },
  {
    reason: sync,
    message: /Security list management mode can only be 'None' for UDP/,
    cause: 'with UDP ports the controller does not manage the security lists',
    advice: 'then open the ports in the security list yourself',
    flags: part`--annotation ${`${prefix}security-list-management-mode=None`}`,
    source: util,
  },
  {
    reason: sync,
    message: /=flexible requires/,
    cause: 'a flexible load balancer needs a minimum and a maximum of bandwidth',
    advice: '',
    flags: part`--annotation ${`${prefix}shape-flex-min=10`} --annotation ${`${prefix}shape-flex-max=100`}`,
    source: spec,
  },
  {
    reason: sync,
    message: /cannot convert LB shape from flexible to fixed/,
    cause: 'its load balancer is flexible and is now to be of a fixed shape, which cannot be changed',
    advice: '',
    flags: flexible,
    source: balancer,
  },
  {
    reason: sync,
    message: /cannot be set when externalTrafficPolicy is set to Cluster/,
    cause: 'it is to keep the address of the caller, which needs externalTrafficPolicy Local',
    advice: '',
    flags: part`--external-traffic-policy Local`,
    source: spec,
  },
  {
    reason: sync,
    message: /Network ?Security ?Groups?|nsg/i,
    cause: 'Oracle Cloud did not set up its network security group',
    advice:
      'OCIDS are those of at most five groups, with commas between them; the controller needs the right to manage them',
    flags: part`--annotation oci.oraclecloud.com/oci-network-security-groups=OCIDS`,
    stopsTraffic: true,
    source: `${repository}load_balancer_network_security_group.go`,
  },
  {
    reason: sync,
    message: /security lists?/,
    cause: 'Oracle Cloud did not open its port in the security list of the subnet',
    advice: 'the controller then leaves the security lists alone, and the port has to be opened there by hand',
    flags: part`--annotation ${`${prefix}security-list-management-mode=None`}`,
    stopsTraffic: true,
    source: `${repository}load_balancer_security_lists.go`,
  },
  {
    reason: sync,
    message: /providerID was not present|annotation not present on node|MapProviderIDToResourceID/,
    cause: 'a node is not registered with Oracle Cloud',
    advice: 'run the kubelet with --cloud-provider=external',
    look: cure(
      command`kubectl get nodes -o custom-columns=N:.metadata.name,ID:.spec.providerID`,
      'shows the providerID of each node',
    ),
    source: balancer,
  },
  {
    reason: sync,
    message:
      /work requests? in progress|already in progress|is in \S+ state|not in \S+ state|will (?:wait and )?retry|awaiting load balancer/,
    cause: 'an earlier change of its load balancer is still under way',
    advice: 'the controller tries again: wait',
    source: balancer,
  },
  {
    reason: sync,
    message: /service account|Workload Identity/i,
    cause: 'the service account that its annotation names cannot be used',
    advice: 'a workload identity needs an enhanced cluster, and the service account must exist',
    without: 'oci.oraclecloud.com/workload-service-account',
    source: balancer,
  },
  {
    reason: sync,
    message: /not found in secret|SSL (?:Listener|Backend) Secret|ssl certificates|SSL Configuration|parse SSL port/i,
    cause: 'the Secret with its certificate is missing or not complete',
    advice: 'a Secret of type kubernetes.io/tls has tls.crt and tls.key',
    source: balancer,
  },
  {
    reason: sync,
    message: /NotAuthorizedOrNotFound/,
    cause: 'Oracle Cloud refuses it to the cluster, or what it names does not exist',
    advice: 'a policy must let the cluster manage load balancers and use the subnets',
    source: 'https://docs.oracle.com/iaas/Content/API/References/apierrors.htm',
  },
  {
    reason: sync,
    message:
      /provided for annotation|error parsing service annotation|failed to (?:to )?parse|is not valid|invalid format|invalid value/,
    cause: 'an annotation of it has a value that Oracle Cloud does not take',
    advice: 'the message names the annotation KEY; --annotation KEY- removes it',
    flags: part`--annotation KEY=VALUE`,
    source: spec,
  },
]);

/** Explanations that count only if no other explanation matches. */
export const okeFallbacks = explanations(() => [
  {
    reason: sync,
    message: /WorkRequest .* failed|Error returned by \S+ Service|creating load balancer/,
    cause: 'Oracle Cloud refuses a step of making its load balancer, for the reason in the message',
    advice: 'its controller tries again by itself, and at every change of the Service',
    source: `https://github.com/oracle/oci-cloud-controller-manager/blob/master/pkg/oci/client/load_balancer.go`,
  },
]);
