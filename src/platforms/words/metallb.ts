import { command, cure, part } from '../../errors/cure.ts';
import { explanations } from '../platform.ts';

// Messages that MetalLB writes about a Service. Its controller assigns addresses, and its speakers announce them.
const repository = 'https://github.com/metallb/metallb/blob/main/';
const source = `${repository}controller/service.go`;
const allocator = `${repository}internal/allocator/allocator.go`;

const failed = /^AllocationFailed$/;
const asked = /^(?:AllocationFailed|LoadBalancerFailed)$/;
const pools = cure(command`kubectl get ipaddresspools -A`, 'shows the pools');

export const metallbWords = explanations(() => [
  {
    reason: failed,
    message: /no suitable pool for|no available IPs in pool .* for .* IPFamily/i,
    cause: 'no pool has addresses of the IP family of the Service',
    advice: 'POOL is a pool with such addresses; or add some to a pool',
    flags: part`--address-pool POOL`,
    look: pools,
    source: allocator,
  },
  {
    reason: failed,
    message: /no available IPs/i,
    ran: true,
    cause: 'every address of the pools that it may use is taken',
    advice: 'widen a pool, or unexpose what is no longer needed',
    look: pools,
    source: allocator,
  },
  {
    reason: failed,
    message: /unknown pool|pool .* (?:not found|doesn't exist|does not exist)/i,
    ran: true,
    cause: 'the pool that it names does not exist',
    advice: 'POOL is one that exists; its annotation metallb.io/address-pool names it',
    flags: part`--address-pool POOL`,
    look: pools,
    source: allocator,
  },
  {
    reason: failed,
    message: /not compatible for ip assignment/,
    cause:
      'the pool is for other Services: its serviceAllocation takes neither the namespace nor the labels of this one',
    advice: 'POOL is a pool that takes it; or widen spec.serviceAllocation of the pool',
    flags: part`--address-pool POOL`,
    look: pools,
    source: allocator,
  },
  {
    reason: failed,
    message: /sharing key|does not allow sharing|backend key|is already in use on/,
    cause: 'the address that it asks for belongs to a Service that does not share it',
    advice:
      'IP is a free address; or give both Services the same annotation metallb.io/allow-shared-ip, and other ports',
    flags: part`--static-ip IP`,
    source: allocator,
  },
  {
    reason: failed,
    message: /more than two addresses|has the same family|IP for wrong family|unknown allocated IP Family/,
    cause: 'it asks for addresses that do not fit its IP families: one of each is the most',
    advice: 'IP is one address of the family of the Service',
    flags: part`--static-ip IP`,
    source: allocator,
  },
  {
    reason: asked,
    message: /does not match the ipFamily/,
    cause: 'the address that it asks for is not of the IP family of the Service',
    advice: 'IP is an address of that family',
    flags: part`--static-ip IP`,
    source,
  },
  {
    reason: asked,
    message: /not compatible with requested address pool/,
    cause: 'the address that it asks for is not in the pool that it names',
    advice: 'leave one of the two annotations out',
    without: 'metallb.io/address-pool',
    source,
  },
  {
    reason: asked,
    message: /can not have both/,
    cause: 'it asks for an address twice, by an annotation and by spec.loadBalancerIP',
    advice: '',
    without: 'metallb.io/loadBalancerIPs',
    source,
  },
  {
    reason: asked,
    message: /invalid (?:spec\.loadBalancerIP|requested loadbalancer|metallb)/i,
    cause: 'the address that it asks for is not valid',
    advice: 'IP is an address of a pool',
    flags: part`--static-ip IP`,
    source,
  },
  {
    reason: failed,
    message: /is not allowed in config/,
    cause: 'MetalLB could not give it an address: no pool has the one that it asks for',
    advice: 'IP is an address of a pool',
    flags: part`--static-ip IP`,
    look: pools,
    source: allocator,
  },
  {
    reason: failed,
    cause: 'MetalLB could not give it an address',
    advice: 'compare what the Service requests with what the pools have',
    look: pools,
    source,
  },
  {
    reason: /^ClearAssignment$/,
    cause: 'MetalLB has taken its address back, because no pool has it for this Service any more',
    advice: 'POOL is a pool that takes it',
    flags: part`--address-pool POOL`,
    look: pools,
    source,
  },
  {
    reason: /^AdditionalAssignFailed$/,
    cause: 'it has one address, and MetalLB found none of the other IP family',
    advice: 'add addresses of that family to a pool if you need both',
    look: pools,
    source,
  },
  {
    reason: /^not enough clusterips$/,
    cause: 'the Service requires both IP families, and the cluster gave it an address of one',
    advice: 'the cluster itself must be dual-stack',
    source,
  },
  {
    reason: /^no(?:lb|cluster)IPsIPFamily$/,
    cause: 'MetalLB cannot say which IP family the addresses of the Service have',
    advice: '',
    look: cure(command`kubectl get services -A -o wide`, 'shows their cluster IPs'),
    source,
  },
  {
    reason: /^(?:LoadBalancerFailed|InternalError)$/,
    cause: 'the controller that gives addresses is itself in trouble',
    advice: 'fix what its log names',
    look: cure(command`kubectl logs -n metallb-system -l component=controller`, 'shows the log of the controller'),
    source,
  },
  {
    reason: /^deprecatedAnnotation$/,
    cause:
      'it has an annotation by its earlier name metallb.universe.tf/…, which MetalLB still reads; nothing else is wrong',
    advice: 'the name is metallb.io/… now',
    source: `${repository}controller/main.go`,
  },
  {
    reason: /^announceFailed$/,
    message: /interfaces specified .* doesn't exist/,
    cause:
      'a speaker of MetalLB could not announce its address: the node lacks the interfaces that the L2Advertisement names',
    advice: 'correct spec.interfaces of the L2Advertisement',
    look: cure(command`kubectl get l2advertisements -A -o yaml`, 'shows the interfaces that they name'),
    stopsTraffic: true,
    source: `${repository}speaker/layer2_controller.go`,
  },
  {
    reason: /^announceFailed$/,
    cause: 'a speaker of MetalLB could not announce its address',
    advice: 'fix what the log of its speaker names',
    look: cure(command`kubectl logs -n metallb-system -l component=speaker`, 'shows the log of the speakers'),
    stopsTraffic: true,
    source: `${repository}speaker/main.go`,
  },
]);
