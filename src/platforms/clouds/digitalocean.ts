import { matcher, type Platform } from '../platform.ts';

const sources = [
  'https://github.com/digitalocean/digitalocean-cloud-controller-manager/blob/master/CHANGELOG.md',
  'https://docs.digitalocean.com/products/kubernetes/how-to/configure-load-balancers/',

  'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
  'https://github.com/digitalocean/digitalocean-cloud-controller-manager/blob/master/docs/controllers/services/annotations.md',
];

export const digitalocean: Platform = {
  id: 'digitalocean',
  title: 'DigitalOcean',
  matchers: [
    matcher('providerID', /^digitalocean:\/\//),
    matcher('serviceAnnotation', /^kubernetes\.digitalocean\.com\/load-balancer-id=/),
    matcher('server', /\.k8s\.ondigitalocean\.com$/),
  ],
  loadBalancer: {
    id: 'digitalocean',
    title: "DigitalOcean's own cloud controller",
    matchers: [],
    classes: [],
    defaultScheme: 'public',
    internal: { annotations: { 'service.beta.kubernetes.io/do-loadbalancer-network': 'INTERNAL' } },
    public: { annotations: { 'service.beta.kubernetes.io/do-loadbalancer-network': 'EXTERNAL' } },
    // Since release 0.1.51 of the cloud controller (May 2024), the load balancer probes kube-proxy. It probes a port of
    // the Service only if an annotation requests this.
    healthCheck: {
      scope: 'node',
      pin: {
        'service.beta.kubernetes.io/do-loadbalancer-override-health-check': 'true',
        'service.beta.kubernetes.io/do-loadbalancer-healthcheck-port': '{port}',
      },
      httpProbe: {
        protocol: 'service.beta.kubernetes.io/do-loadbalancer-healthcheck-protocol',
        path: 'service.beta.kubernetes.io/do-loadbalancer-healthcheck-path',
        onlyWith: 'service.beta.kubernetes.io/do-loadbalancer-override-health-check',
      },
    },
    limits: [],
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: [],
};
