import { matcher, type Platform } from '../platform.ts';

const sources = ['https://docs.coreweave.com/products/networking/ingress-service/expose-service-dns'];

export const coreweave: Platform = {
  id: 'coreweave',
  title: 'CoreWeave',
  matchers: [matcher('nodeLabel', /(?:^|\.)coreweave\.(?:cloud|com)\//)],
  loadBalancer: {
    id: 'coreweave',
    title: "CoreWeave's own cloud controller",
    matchers: [],
    classes: [],
    defaultScheme: 'internal',
    internal: { annotations: {} },
    public: { annotations: { 'service.beta.kubernetes.io/coreweave-load-balancer-type': 'public' } },
    notBySkyPilot: {
      internal: 'SkyPilot itself writes coreweave-load-balancer-type: public on its load balancers',
    },
    healthCheck: { scope: 'unknown' },
    limits: [],
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: ['the signs that identify it'],
};
