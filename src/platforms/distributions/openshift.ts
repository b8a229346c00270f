import { matcher, type Platform } from '../platform.ts';

export const openshift: Platform = {
  id: 'openshift',
  title: 'OpenShift',
  matchers: [matcher('apiGroup', /^(?:route|apps)\.openshift\.io$/)],
  loadBalancer: null,
  without:
    'OpenShift gives addresses where its cloud does; elsewhere install MetalLB (https://metallb.io/installation/)',
  sources: ['https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go'],
  unverified: [],
};
