import { type LoadBalancer, mark } from '../platform.ts';

export const cilium: LoadBalancer = {
  id: 'cilium',
  title: 'Cilium LB IPAM',
  marks: [
    mark('serviceAnnotation', /^(?:lbipam\.cilium\.io|io\.cilium)\//),
    mark('loadBalancerClass', /^io\.cilium\//),
  ],
  classes: ['io.cilium/l2-announcer', 'io.cilium/bgp-control-plane'],
  defaultScheme: 'pool',
  internal: null,
  public: null,
  instead: "its addresses are those of its pools: label the Service for the pool's serviceSelector",
  staticIp: { annotation: 'lbipam.cilium.io/ips' },
  needsNoNodePorts: true,
  healthCheck: { decides: 'none' },
  limits: [],
  sources: ['https://docs.cilium.io/en/stable/network/lb-ipam/'],
  unverified: [
    'the class of its BGP control plane',
    'that a cluster with Cilium has no pool cannot be told from its API groups',
  ],
  tried: 'read',
};
