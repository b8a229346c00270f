import { servicelb } from '../load-balancers/servicelb.ts';
import { mark, type Platform } from '../platform.ts';

export const k3s: Platform = {
  id: 'k3s',
  title: 'K3s',
  marks: [
    mark('providerID', /^k3s:\/\//),
    mark('nodeLabel', /^node\.kubernetes\.io\/instance-type=k3s$/),
    mark('version', /\+k3s/),
    mark('context', /^(?:k3d-|rancher-desktop$)/),
  ],
  loadBalancer: servicelb,
  sources: ['https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go'],
  unverified: [],
};
