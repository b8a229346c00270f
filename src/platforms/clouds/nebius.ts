import { mark, type Platform } from '../platform.ts';

const sources = ['https://docs.nebius.com/kubernetes'];

export const nebius: Platform = {
  id: 'nebius',
  title: 'Nebius',
  marks: [mark('providerID', /^nebius:\/\//), mark('nodeLabel', /(?:^|\.)nebius\.com\//)],
  loadBalancer: {
    id: 'nebius',
    title: "Nebius's own cloud controller",
    marks: [],
    classes: [],
    defaultScheme: 'public',
    internal: { annotations: { 'nebius.com/load-balancer-type': 'internal' } },
    public: { annotations: {} },
    healthCheck: { decides: 'unknown' },
    limits: [],
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: ['every sign by which it is detected here'],
};
