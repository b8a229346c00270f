import type { LoadBalancer } from '../platform.ts';

export const cloudProviderKind: LoadBalancer = {
  id: 'cloud-provider-kind',
  title: 'cloud-provider-kind',
  marks: [],
  classes: [],
  defaultScheme: 'pool',
  internal: null,
  public: null,
  instead: 'its addresses are those of containers on your machine',
  isOnYourMachine: true,
  healthCheck: { decides: 'none' },
  limits: [],
  sources: ['https://github.com/kubernetes-sigs/cloud-provider-kind'],
  unverified: ['nothing in the cluster tells whether it runs'],
  tried: 'read',
};
