import { matcher, type Platform } from '../platform.ts';

const sources = ['https://kubernetes.io/docs/concepts/services-networking/service/#internal-load-balancer'];

export const ibm: Platform = {
  id: 'ibm',
  title: 'IBM Cloud',
  matchers: [matcher('providerID', /^ibm:\/\//)],
  loadBalancer: {
    id: 'ibm',
    title: "IBM Cloud's own cloud controller",
    matchers: [],
    classes: [],
    defaultScheme: 'public',
    internal: { annotations: { 'service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type': 'private' } },
    public: { annotations: { 'service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type': 'public' } },
    healthCheck: { scope: 'unknown' },
    limits: [],
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: [],
};
