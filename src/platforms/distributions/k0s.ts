import { matcher, type Platform } from '../platform.ts';

export const k0s: Platform = {
  id: 'k0s',
  title: 'k0s',
  matchers: [matcher('nodeLabel', /^node\.k0sproject\.io\/role=/), matcher('version', /\+k0s/)],
  loadBalancer: null,
  setupHint: 'k0s gives no addresses by itself',
  takesMetallb: true,
  sources: ['https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go'],
  unverified: ['that its version says +k0s'],
};
