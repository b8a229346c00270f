import type { LoadBalancer } from '../platform.ts';

export const cloudProviderKind: LoadBalancer = {
  id: 'cloud-provider-kind',
  title: 'cloud-provider-kind',
  matchers: [],
  classes: [],
  defaultScheme: 'pool',
  internal: null,
  public: null,
  alternative: 'its addresses are those of containers on your machine',
  isLocalOnly: true,
  healthCheck: { scope: 'none' },
  limits: [],
  sources: ['https://github.com/kubernetes-sigs/cloud-provider-kind'],
  unverified: ['nothing in the cluster tells whether it runs'],
  tried: 'read',
};
