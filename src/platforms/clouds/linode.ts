import { matcher, type Platform } from '../platform.ts';

const sources = [
  'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
  'https://github.com/linode/linode-cloud-controller-manager/blob/main/docs/configuration/annotations.md',
];

export const linode: Platform = {
  id: 'linode',
  title: 'Linode',
  matchers: [matcher('providerID', /^linode:\/\//), matcher('server', /\.linodelke\.net$/)],
  loadBalancer: {
    id: 'linode',
    title: "Linode's own cloud controller",
    matchers: [],
    classes: [],
    defaultScheme: 'public',
    internal: null,
    public: { annotations: {} },
    instead:
      'there is no one annotation for it: a NodeBalancer within a VPC needs the annotations linode-loadbalancer-frontend-*',
    healthCheck: { scope: 'per-port' },
    staticIp: { annotation: 'service.beta.kubernetes.io/linode-loadbalancer-reserved-ipv4', ipv6: null },
    limits: [],
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: [],
};
