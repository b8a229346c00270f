import { matcher, type Platform } from '../platform.ts';

const sources = ['https://github.com/kubernetes/cloud-provider-alibaba-cloud/blob/master/docs/usage.md'];

export const alibaba: Platform = {
  id: 'alibaba',
  title: 'Alibaba Cloud',
  matchers: [
    matcher('providerID', /^[a-z]{2,}-[a-z]+(?:-\d+)?\.i-[a-z0-9]+$/),
    matcher('finalizer', /^service\.k8s\.alibaba\//),
  ],
  loadBalancer: {
    id: 'alibaba',
    title: "Alibaba Cloud's own cloud controller",
    matchers: [],
    classes: ['alibabacloud.com/nlb'],
    defaultScheme: 'public',
    internal: { annotations: { 'service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type': 'intranet' } },
    public: { annotations: { 'service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type': 'internet' } },
    healthCheck: { scope: 'per-port' },
    limits: [],
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: ['the form of its providerID'],
};
