import { matcher, type Platform } from '../platform.ts';

const sources = ['https://docs.nebius.com/kubernetes'];

export const nebius: Platform = {
  id: 'nebius',
  title: 'Nebius',
  matchers: [matcher('providerID', /^nebius:\/\//), matcher('nodeLabel', /(?:^|\.)nebius\.com\//)],
  loadBalancer: {
    id: 'nebius',
    title: "Nebius's own cloud controller",
    matchers: [],
    classes: [],
    defaultScheme: 'public',
    internal: { annotations: { 'nebius.com/load-balancer-type': 'internal' } },
    public: { annotations: {} },
    healthCheck: { scope: 'unknown' },
    limits: [],
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: ['the signs that identify it'],
};
