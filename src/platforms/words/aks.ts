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
    message: /PublicIPAddressInUse|PublicIPReferencedByMultipleIPConfigs|ReferencedPublicIp.*InUse/,
    cause: 'the public address that it asks for is in use: by another load balancer, a machine or a NAT gateway',
    advice: 'NAME is the name of a public address that nothing uses',
    flags: part`--annotation ${`${prefix}pip-name=NAME`}`,
    look: cure(
      command`az network public-ip list --query ${'[].{name:name,ip:ipAddress,usedBy:ipConfiguration.id}'} -o table`,
      'shows what uses each public address',
    ),
    source: 'https://learn.microsoft.com/azure/aks/static-ip',
  },
  {
    reason: sync,
    message: /LoadBalancerFrontendIPConfigurationCountLimitReached|more than \d+ FrontendIPConfigurations/i,
    cause: 'the load balancer of the cluster has no room for another address',
    advice: 'share one address between Services, or have the limit raised',
    look: cure(command`kubectl skyports prune -A`, 'finds load balancers that SkyPilot clusters left behind'),
    source: 'https://github.com/Azure/acs-engine/issues/447',
  },
  {
    reason: sync,
    message: /InvalidTagValueLength|Tag value too large/,
    cause:
      'too many Services share its public address: Azure keeps their names in one tag of the address, which has 256 characters at most',
    advice: 'NAME is the name of another public address',
    flags: part`--annotation ${`${prefix}pip-name=NAME`}`,
    source: 'https://github.com/Azure/AKS/issues/2160',
  },
  {
    reason: sync,
    message: /SubnetNotFound|subnet .* (?:not found|could not be found)|InvalidResourceReference.*subnets/i,
    cause: 'the subnet that it is to be in does not exist in the network of the cluster',
    advice: 'SUBNET is the name of a subnet of that network',
    flags: part`--annotation ${`${prefix}load-balancer-internal-subnet=SUBNET`}`,
    look: cure(
      command`az network vnet subnet list --resource-group GROUP --vnet-name NETWORK -o table`,
      'shows the subnets; GROUP and NETWORK are those of the nodes',
    ),
    source: 'https://learn.microsoft.com/azure/aks/internal-lb',
  },
  {
    reason: sync,
    message: /SubnetIsFull|SubnetHasNoFreeIP|doesn't have enough capacity for IP/i,
    cause: 'the subnet of its internal load balancer has no address left',
    advice: 'SUBNET is another subnet of the network',
    flags: part`--annotation ${`${prefix}load-balancer-internal-subnet=SUBNET`}`,
    source: 'https://learn.microsoft.com/azure/aks/internal-lb',
  },
  {
    reason: sync,
    message: /DifferentSku|PublicIPAndLBSkuDoNotMatch|[Ss]ku .*(?:does not|do not|must) match/,
    cause: 'the public address that it asks for has another SKU (Basic, Standard) than the load balancer',
    advice: 'NAME is the name of a public address of the SKU of the load balancer, usually Standard',
    flags: part`--annotation ${`${prefix}pip-name=NAME`}`,
    source: 'https://learn.microsoft.com/troubleshoot/azure/load-balancer/load-balancer-common-deployment-errors',
  },
  {
    reason: sync,
    message: /RequestDisallowedByPolicy|disallowed by policy/i,
    cause: 'an Azure Policy of the subscription refuses what it needs, often a public address',
    advice: 'an administrator of the subscription can exempt the resource group of the nodes; or make it internal',
    scheme: 'internal',
    source:
      'https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-policy-requestdisallowedbypolicy',
  },
  {
    reason: sync,
    message: /ScopeLocked/,
    cause: 'a lock of the resource group keeps Azure from changing its load balancer',
    advice: '',
    look: cure(
      command`az lock list --resource-group GROUP -o table`,
      'shows the locks; GROUP is the resource group of the nodes',
    ),
    source: 'https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources',
  },
  {
    reason: sync,
    message: /ReadOnlyDisabledSubscription/,
    cause: 'the subscription is disabled, so that Azure changes nothing in it',
    advice: 'an owner of the subscription can enable it again',
    source: 'https://learn.microsoft.com/azure/cost-management-billing/manage/subscription-disabled',
  },
  {
    reason: sync,
    message: /NetworkInterfaceUsesMultipleLoadBalancersOfSameType/,
    cause: 'a node is behind another load balancer of the same kind already, and Azure allows one',
    advice: 'take the nodes out of the other load balancer, which the message names',
    stopsTraffic: true,
    source: 'https://github.com/seanknox/aztack/issues/3',
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
