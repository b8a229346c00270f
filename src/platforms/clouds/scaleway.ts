import { matcher, type Platform } from '../platform.ts';

const sources = [
  'https://github.com/scaleway/scaleway-cloud-controller-manager/blob/master/docs/loadbalancer-annotations.md',
];

export const scaleway: Platform = {
  id: 'scaleway',
  title: 'Scaleway',
  matchers: [
    matcher('providerID', /^scaleway:\/\//),
    matcher('serviceAnnotation', /^service\.beta\.kubernetes\.io\/scw-loadbalancer-id=/),
  ],
  loadBalancer: {
    id: 'scaleway',
    title: "Scaleway's own cloud controller",
    matchers: [],
    classes: [],
    defaultScheme: 'public',
    internal: { annotations: { 'service.beta.kubernetes.io/scw-loadbalancer-private': 'true' } },
    public: { annotations: {} },
    healthCheck: { scope: 'per-port' },
    limits: [],
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: [],
};
