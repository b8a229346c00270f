import { mark, type Platform } from '../platform.ts';

export const aks: Platform = {
  id: 'aks',
  title: 'AKS',
  marks: [
    mark('providerID', /^azure:\/\/\//),
    mark('nodeLabel', /^kubernetes\.azure\.com\/(?:cluster|role)=/),
    mark('server', /\.azmk8s\.io$/),
  ],
  loadBalancer: {
    id: 'aks',
    title: "AKS's own load balancers",
    marks: [],
    classes: [],
    defaultScheme: 'public',
    internal: { annotations: { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' } },
    public: { annotations: { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'false' } },
    staticIp: { annotation: 'service.beta.kubernetes.io/azure-load-balancer-ipv4' },
    healthCheck: { decides: 'each' },
    limits: [
      {
        ports: 300,
        what: 'inbound rules of a network interface',
        adjustable: false,
        source: 'https://learn.microsoft.com/azure/aks/',
      },
    ],
    sources: [
      'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
      'https://github.com/kubernetes-sigs/cloud-provider-azure/blob/master/pkg/consts/consts.go',
    ],
    unverified: [],
    tried: 'read',
  },
  sources: [
    'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
    'https://github.com/kubernetes-sigs/cloud-provider-azure/blob/master/pkg/consts/consts.go',
  ],
  unverified: [],
};
