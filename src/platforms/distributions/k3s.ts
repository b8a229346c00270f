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
  sources: ['https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go'],
  unverified: [],
};
