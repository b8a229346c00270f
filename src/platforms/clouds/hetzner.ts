import { mark, type Platform } from '../platform.ts';

export const hetzner: Platform = {
  id: 'hetzner',
  title: 'Hetzner',
  marks: [mark('providerID', /^(?:hcloud|hrobot):\/\//)],
  loadBalancer: {
    id: 'hetzner',
    title: "Hetzner's own load balancers",
    marks: [],
    classes: [],
    defaultScheme: 'public',
    internal: {
      annotations: {
        'load-balancer.hetzner.cloud/disable-public-network': 'true',
        'load-balancer.hetzner.cloud/use-private-ip': 'true',
      },
    },
    public: { annotations: {} },
    healthCheck: { decides: 'unknown' },
    limits: [],
    sources: [
      'https://github.com/hetznercloud/hcloud-cloud-controller-manager/blob/main/docs/reference/load_balancer_annotations.md',
    ],
    unverified: [],
    tried: 'read',
  },
  sources: [
    'https://github.com/hetznercloud/hcloud-cloud-controller-manager/blob/main/docs/reference/load_balancer_annotations.md',
  ],
  unverified: [],
};
