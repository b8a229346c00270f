import { mark, type Platform } from '../platform.ts';

const sources = ['https://kubernetes.io/docs/concepts/services-networking/service/#internal-load-balancer'];

export const ibm: Platform = {
  id: 'ibm',
  title: 'IBM Cloud',
  marks: [mark('providerID', /^ibm:\/\//)],
  loadBalancer: {
    id: 'ibm',
    title: "IBM Cloud's own cloud controller",
    marks: [],
    classes: [],
    defaultScheme: 'public',
    internal: { annotations: { 'service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type': 'private' } },
    public: { annotations: { 'service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type': 'public' } },
    healthCheck: { decides: 'unknown' },
    limits: [],
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: [],
};
