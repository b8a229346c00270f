import { mark, type Platform } from '../platform.ts';

const sources = [
  'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
  'https://github.com/digitalocean/digitalocean-cloud-controller-manager/blob/master/docs/controllers/services/annotations.md',
];

export const digitalocean: Platform = {
  id: 'digitalocean',
  title: 'DigitalOcean',
  marks: [mark('providerID', /^digitalocean:\/\//), mark('server', /\.k8s\.ondigitalocean\.com$/)],
  loadBalancer: {
    id: 'digitalocean',
    title: "DigitalOcean's own load balancers",
    marks: [],
    classes: [],
    defaultScheme: 'public',
    internal: { annotations: { 'service.beta.kubernetes.io/do-loadbalancer-network': 'INTERNAL' } },
    public: { annotations: { 'service.beta.kubernetes.io/do-loadbalancer-network': 'EXTERNAL' } },
    healthCheck: { decides: 'one', pinnedBy: 'service.beta.kubernetes.io/do-loadbalancer-healthcheck-port' },
    limits: [],
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: [],
};
