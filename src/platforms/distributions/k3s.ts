import { servicelb } from '../load-balancers/servicelb.ts';
import { matcher, type Platform } from '../platform.ts';

export const k3s: Platform = {
  id: 'k3s',
  title: 'K3s',
  matchers: [
    matcher('providerID', /^k3s:\/\//),
    matcher('nodeLabel', /^node\.kubernetes\.io\/instance-type=k3s$/),
    matcher('version', /\+k3s/),
    matcher('context', /^(?:k3d-|rancher-desktop$)/),
  ],
  loadBalancer: servicelb,
  ingress: {
    brings: 'K3s brings Traefik, unless its servers run with --disable=traefik',
    installs: 'on-service',
    cures: [],
  },
  sources: [
    'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
    'https://docs.k3s.io/networking/networking-services',
  ],
  unverified: [],
};
