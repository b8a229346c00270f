import { matcher, type Platform } from '../platform.ts';

export const openshift: Platform = {
  id: 'openshift',
  title: 'OpenShift',
  matchers: [matcher('apiGroup', /^(?:route|apps)\.openshift\.io$/)],
  loadBalancer: null,
  ingress: {
    brings: 'OpenShift brings its router, which makes Routes of Ingresses with a host and rewrites no path',
    cures: [],
  },
  setupHint:
    'OpenShift gives addresses where its cloud does; elsewhere install MetalLB (https://metallb.io/installation/)',
  sources: [
    'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
    'https://github.com/openshift/route-controller-manager/blob/master/pkg/route/ingress/ingress.go',
  ],
  unverified: [],
};
