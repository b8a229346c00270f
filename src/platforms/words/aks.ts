import { command, cure, part } from '../../errors/cure.ts';
import { explanations } from '../platform.ts';

// Messages that the cloud provider for Azure writes about a Service. Each message is in the file that `source` names.
const repository = 'https://github.com/kubernetes-sigs/cloud-provider-azure/blob/master/pkg/provider/';
const balancer = `${repository}azure_loadbalancer.go`;
const probes = `${repository}azure_loadbalancer_healthprobe.go`;
const privateLink = `${repository}azure_privatelinkservice.go`;
const machines = `${repository}azure_standard.go`;

const sync = /^(?:SyncLoadBalancerFailed|UpdateLoadBalancerFailed)$/;
const prefix = 'service.beta.kubernetes.io/azure-';

export const aksWords = explanations(() => [
  {
    reason: sync,
    message: /user supplied IP Address .* was not found/,
    cause: 'the address that it asks for is not in the resource group of the nodes',
    advice:
      'GROUP is the resource group of that public address; the identity of the cluster needs the role Network Contributor on it',
    flags: part`--annotation ${`${prefix}load-balancer-resource-group=GROUP`}`,
    source: balancer,
  },
  {
    reason: sync,
    message: /PublicIP from annotation .* doesn't exist/,
    cause: 'the public address that its annotation names does not exist in that resource group',
    advice: 'NAME is the name of a public address',
    flags: part`--annotation ${`${prefix}pip-name=NAME`}`,
    source: balancer,
  },
  {
    reason: sync,
    message: /consuming the DNS label|DnsRecordInUse|DNS record .* is already used/i,
    cause: 'another address of this region has the DNS label that it asks for',
    advice: 'LABEL is another one',
    flags: part`--annotation ${`${prefix}dns-label-name=LABEL`}`,
    source: balancer,
  },
  {
    reason: sync,
    message: /checkLoadBalancerResourcesConflicts/,
    cause: 'another Service has one of its ports at the same address',
    advice: 'it gets an address of its own; or expose another Service port',
    without: `${prefix}load-balancer-ipv4`,
    source: balancer,
  },
  {
    reason: sync,
    message: /PrivateIPAddress(?:IsAllocated|InUse|NotInSubnet|InReservedRange)|PrivateIPAddressNotInAnySubnet/,
    cause: 'the address that it asks for is taken, or is not in the subnet',
    advice: 'IP is a free address of the subnet',
    flags: part`--static-ip IP`,
    source: 'https://learn.microsoft.com/azure/aks/internal-lb',
  },
  {
    reason: sync,
    message: /exceeded maximum rule limit|RulesPerLoadBalancerLimit|RulesPerNic/i,
    cause: 'the load balancer of the cluster has no room for more rules: each port is one',
    advice: 'close ports that are not needed',
    look: cure(command`kubectl skyports prune -A`, 'finds load balancers that SkyPilot clusters left behind'),
    source: balancer,
  },
  {
    reason: sync,
    message:
      /unable to find load balancer for selected VM sets|no (?:scale|availability) sets found|\((?:\S+)\) - not found/,
    cause: 'the pool of nodes that its annotation names does not exist',
    advice: '',
    without: `${prefix}load-balancer-mode`,
    source: balancer,
  },
  {
    reason: sync,
    message: /multiple standard load balancers are enabled|selects .* load balancers by annotation/,
    cause: 'the load balancer that its annotation names is not among those of the cluster',
    advice: 'without it, AKS chooses one',
    without: `${prefix}load-balancer-configurations`,
    source: balancer,
  },
  {
    reason: sync,
    message: /idle timeout/,
    cause: 'its idle timeout is not a whole number of minutes from 4 to 30',
    advice: '',
    flags: part`--annotation ${`${prefix}load-balancer-tcp-idle-timeout=30`}`,
    source: balancer,
  },
  {
    reason: sync,
    message: /failed to get subnet/,
    cause: 'the subnet that its annotation names does not exist in the network of the cluster',
    advice: 'SUBNET is the name of a subnet of that network',
    flags: part`--annotation ${`${prefix}load-balancer-internal-subnet=SUBNET`}`,
    source: balancer,
  },
  {
    reason: sync,
    message:
      /health.?probe|total probe should be less than 120|minimum value of|port \S+ (?:not found in service|is out of range)/,
    cause: 'an annotation for its health probe has a value that Azure does not take',
    advice: '',
    flags: part`--annotation ${`${prefix}load-balancer-health-probe-protocol=tcp`}`,
    source: probes,
  },
  {
    reason: sync,
    message: /SCTP is only supported|only TCP, UDP and SCTP/,
    cause: 'its load balancer takes TCP and UDP alone',
    advice: 'expose a TCP port',
    source: balancer,
  },
  {
    reason: sync,
    message: /must be internal or disable floating ip/,
    cause: 'a private link service needs an internal load balancer',
    advice: '',
    scheme: 'internal',
    source: privateLink,
  },
  {
    reason: sync,
    message: /[Pp]rivate ?[Ll]ink|PLS|minimum number of private link|maximum number of private link/,
    cause: 'an annotation for its private link service has a value that Azure does not take',
    advice: 'KEY is the annotation azure-pls-… that the message names; --annotation KEY- removes it',
    flags: part`--annotation KEY=VALUE`,
    source: privateLink,
  },
  {
    reason: sync,
    message: /securityGroup priorities are exhausted|SecurityRulePriority|NetworkSecurityGroupRule.*Limit/i,
    cause: 'the security group of the nodes has no room for more rules',
    advice: 'close ports that are not needed, or remove rules',
    look: cure(command`kubectl skyports prune -A`, 'finds load balancers that SkyPilot clusters left behind'),
    stopsTraffic: true,
    source: machines,
  },
  {
    reason: sync,
    message: /access control configuration|security rule|invalid service annotation/,
    cause: 'its source ranges, or an annotation for them, are not valid',
    advice: 'CIDR is a network such as 203.0.113.0/24',
    flags: part`--source-range CIDR`,
    source: `${repository}loadbalancer/configuration.go`,
  },
  {
    reason: sync,
    message: /failed to parse annotation|error parsing/,
    cause: 'an annotation of it has a value that Azure does not take',
    advice: 'the message names the annotation KEY; --annotation KEY- removes it',
    flags: part`--annotation KEY=VALUE`,
    source: balancer,
  },
  {
    reason: sync,
    message:
      /not a vmss instance|vm is not in the vmset|primary (?:nic|ipconfig|network)|error splitting providerID|nic\.Properties/,
    cause: 'Azure does not find the machine or the network interface of a node',
    advice: 'remove nodes that are gone, and look whether all are Ready',
    look: cure(command`kubectl get nodes -o wide`, 'shows the nodes'),
    stopsTraffic: true,
    source: machines,
  },
  {
    reason: /^(?:LoadBalancerBackendPoolUpdateFailed|FailedToFindLoadBalancerForNode)$/,
    cause: 'Azure did not take over which nodes there are, so packets may go to none',
    advice: 'its controller tries again by itself; remove nodes that are gone',
    look: cure(command`kubectl get nodes -o wide`, 'shows the nodes'),
    stopsTraffic: true,
    source: `${repository}azure_local_services.go`,
  },
  {
    reason: /^DeletingFrontendIPConfiguration$/,
    cause: 'Azure keeps an address that other rules still use',
    advice: '',
    look: cure(
      command`az network lb rule list --resource-group GROUP --lb-name kubernetes -o table`,
      'shows the rules; GROUP is the resource group of the nodes',
    ),
    source: balancer,
  },
  {
    reason:
      /^(?:CreateOrUpdate(?:PublicIPAddress|Interface|LoadBalancer|SecurityGroup)|ListLoadBalancers|DeleteLoadBalancer|DeletePublicIPAddress)$/,
    cause: "Azure's API refused a step of making it, for the reason in the message",
    advice: 'its controller tries again by itself',
    source: `${repository}azure_loadbalancer_repo.go`,
  },
]);
