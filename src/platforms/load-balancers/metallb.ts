import { type LoadBalancer, mark } from '../platform.ts';

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
  instead: 'its addresses are those of its pools: choose one by the annotation metallb.io/address-pool',
  poolAnnotation: 'metallb.io/address-pool',
  staticIp: { annotation: 'metallb.io/loadBalancerIPs' },
  needsNoNodePorts: true,
  healthCheck: { decides: 'none' },
  limits: [],
  sources: ['https://github.com/metallb/metallb/blob/main/controller/service.go'],
  unverified: [],
  tried: 'ran',
};
