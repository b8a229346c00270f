import { type LoadBalancer, mark } from '../platform.ts';

const source = 'https://github.com/metallb/metallb/blob/main/controller/service.go';

export const metallb: LoadBalancer = {
  id: 'metallb',
  title: 'MetalLB',
  marks: [
    mark('apiGroup', /^metallb\.io$/),
    mark('workload', /^metallb$/),
    mark('serviceAnnotation', /^metallb\.io\/ip-allocated-from-pool=/),
  ],
  classes: [],
  defaultScheme: 'pool',
  internal: null,
  public: null,
  instead: 'its addresses are those of its pools: choose one by --address-pool NAME',
  pools: { by: 'annotation', annotation: 'metallb.io/address-pool' },
  staticIp: { annotation: 'metallb.io/loadBalancerIPs' },
  needsNoNodePorts: true,
  healthCheck: { decides: 'none' },
  limits: [],
  readings: [
    {
      reason: /^AllocationFailed$/,
      message: /no available IPs/i,
      cause: 'every address of the pools that it may use is taken',
      advice: 'kubectl get ipaddresspools -A shows the pools: widen one, or unexpose what nobody needs',
      source,
    },
    {
      reason: /^AllocationFailed$/,
      message: /unknown pool|pool .* (?:not found|doesn't exist|does not exist)/i,
      cause: 'the pool that it names is not there',
      advice: 'kubectl get ipaddresspools -A shows the pools; the annotation metallb.io/address-pool names one',
      source,
    },
    {
      reason: /^AllocationFailed$/,
      cause: 'MetalLB could not give it an address',
      advice: 'kubectl get ipaddresspools -A shows what it may give',
      source,
    },
    {
      reason: /^ClearAssignment$/,
      cause: 'MetalLB has taken its address back: no pool has it for this Service any more',
      advice: 'kubectl get ipaddresspools -A shows what it may give; the annotations metallb.io/* say what it asks for',
      source,
    },
    {
      reason: /^(?:LoadBalancerFailed|InternalError)$/,
      cause: 'MetalLB is in trouble itself',
      advice: 'kubectl logs -n metallb-system -l component=controller shows its own words',
      source,
    },
    {
      reason: /^announceFailed$/,
      cause: 'a speaker of MetalLB could not announce its address',
      advice: 'kubectl logs -n metallb-system -l component=speaker shows its own words',
      source,
    },
  ],
  sources: [source],
  unverified: [],
  tried: 'ran',
};
