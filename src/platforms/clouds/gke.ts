import { mark, type Platform } from '../platform.ts';

export const gke: Platform = {
  id: 'gke',
  title: 'GKE',
  marks: [
    mark('providerID', /^gce:\/\//),
    mark('nodeLabel', /^cloud\.google\.com\/gke-nodepool=/),
    mark('version', /-gke\./),
    mark('context', /^gke_/),
  ],
  loadBalancer: {
    id: 'gke',
    title: "GKE's own load balancers",
    marks: [],
    classes: ['networking.gke.io/l4-regional-internal', 'networking.gke.io/l4-regional-external'],
    defaultScheme: 'public',
    internal: { annotations: { 'networking.gke.io/load-balancer-type': 'Internal' } },
    public: { annotations: {} },
    staticIp: { field: 'loadBalancerIP' },
    healthCheck: { decides: 'nodes' },
    limits: [],
    sources: [
      'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
      'https://github.com/kubernetes/cloud-provider-gcp/blob/master/providers/gce/gce_annotations.go',
      'https://github.com/kubernetes/ingress-gce/blob/master/pkg/annotations/service.go',
      'https://github.com/kubernetes/cloud-provider-gcp/blob/master/providers/gce/gce_loadbalancer_external.go',
    ],
    unverified: [],
    tried: 'read',
  },
  sources: [
    'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
    'https://github.com/kubernetes/cloud-provider-gcp/blob/master/providers/gce/gce_annotations.go',
    'https://github.com/kubernetes/ingress-gce/blob/master/pkg/annotations/service.go',
    'https://github.com/kubernetes/cloud-provider-gcp/blob/master/providers/gce/gce_loadbalancer_external.go',
  ],
  unverified: [],
};
