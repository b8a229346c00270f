import { matcher, type Platform } from '../platform.ts';

export const rke2: Platform = {
  id: 'rke2',
  serviceLbProgram: 'rke2',
  title: 'RKE2',
  matchers: [
    matcher('providerID', /^rke2:\/\//),
    matcher('nodeAnnotation', /^rke2\.io\//),
    matcher('version', /\+rke2r/),
  ],
  loadBalancer: null,
  without: 'RKE2 has no load balancer of its own unless its servers run with --enable-servicelb',
  takesMetallb: true,
  sources: ['https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go'],
  unverified: [],
};
