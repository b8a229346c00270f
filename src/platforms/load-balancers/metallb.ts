import { command, cure } from '../../errors/cure.ts';
import { type LoadBalancer, matcher } from '../platform.ts';

const source = 'https://github.com/metallb/metallb/blob/main/controller/service.go';

export const metallb: LoadBalancer = {
  id: 'metallb',
  title: 'MetalLB',
  matchers: [
    matcher('apiGroup', /^metallb\.io$/),
    matcher('workload', /^metallb$/),
    matcher('serviceAnnotation', /^metallb\.(?:io|universe\.tf)\/ip-allocated-from-pool=/),
  ],
  classes: [],
  classFlag: '--lb-class',
  legacyPrefix: { now: 'metallb.io/', before: 'metallb.universe.tf/', writes: 'ip-allocated-from-pool' },
  defaultScheme: 'pool',
  internal: null,
  public: null,
  instead: 'its addresses are those of its pools: choose one by --address-pool NAME',
  pools: { by: 'annotation', annotation: 'metallb.io/address-pool', topic: 'addressPools' },
  staticIp: { annotation: 'metallb.io/loadBalancerIPs' },
  supportsNoNodePorts: true,
  yields:
    'give MetalLB a class: --lb-class=NAME for its controller and its speakers (Helm: loadBalancerClass); it then leaves every Service without that class alone',
  healthCheck: { scope: 'none' },
  limits: [],
  eventExplanations: [
    {
      reason: /^AllocationFailed$/,
      message: /no available IPs/i,
      ran: true,
      cause: 'every address of the pools that it may use is taken',
      advice: 'widen a pool, or unexpose what is no longer needed',
      look: cure(command`kubectl get ipaddresspools -A`, 'shows the pools'),
      source,
    },
    {
      reason: /^AllocationFailed$/,
      message: /unknown pool|pool .* (?:not found|doesn't exist|does not exist)/i,
      ran: true,
      cause: 'the pool that it names does not exist',
      advice: 'the annotation metallb.io/address-pool names the pool',
      look: cure(command`kubectl get ipaddresspools -A`, 'shows the pools'),
      source,
    },
    {
      reason: /^AllocationFailed$/,
      cause: 'MetalLB could not give it an address',
      advice: 'compare what the Service asks for with what the pools have',
      look: cure(command`kubectl get ipaddresspools -A`, 'shows the pools'),
      source,
    },
    {
      reason: /^ClearAssignment$/,
      cause: 'MetalLB has taken its address back: no pool has it for this Service any more',
      advice: 'compare the annotations metallb.io/* of the Service with the pools',
      look: cure(command`kubectl get ipaddresspools -A`, 'shows the pools'),
      source,
    },
    {
      reason: /^(?:LoadBalancerFailed|InternalError)$/,
      cause: 'what gives addresses is in trouble itself',
      advice: 'fix what the log of its controller names',
      look: cure(command`kubectl logs -n metallb-system -l component=controller`, 'shows the log of the controller'),
      source,
    },
    {
      reason: /^announceFailed$/,
      cause: 'a speaker of MetalLB could not announce its address',
      advice: 'fix what the log of its speaker names',
      look: cure(command`kubectl logs -n metallb-system -l component=speaker`, 'shows the log of the speakers'),
      source,
    },
  ],
  sources: [source],
  unverified: [
    'that it is 0.14.9 or later, if no Service shows it: earlier releases know its annotations by metallb.universe.tf/ alone',
  ],
  tried: 'ran',
};
