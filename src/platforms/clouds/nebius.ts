import { mark, type Platform } from '../platform.ts';

export const nebius: Platform = {
  id: 'nebius',
  title: 'Nebius',
  marks: [mark('providerID', /^nebius:\/\//), mark('nodeLabel', /(?:^|\.)nebius\.com\//)],
  loadBalancer: {
    id: 'nebius',
    title: "Nebius's own load balancers",
    marks: [],
    classes: [],
    defaultScheme: 'public',
    internal: { annotations: { 'nebius.com/load-balancer-type': 'internal' } },
    public: { annotations: {} },
    healthCheck: { decides: 'unknown' },
    limits: [],
    sources: ['https://docs.nebius.com/kubernetes'],
    unverified: [],
    tried: 'read',
  },
  sources: ['https://docs.nebius.com/kubernetes'],
  unverified: ['every sign by which it is told here'],
};
