import { advice, command, cure } from '../../errors/cure.ts';
import { matcher, type Platform } from '../platform.ts';

export const kind: Platform = {
  id: 'kind',
  title: 'kind',
  matchers: [matcher('providerID', /^kind:\/\//), matcher('context', /^kind-/)],
  loadBalancer: null,
  ingress: {
    brings: 'kind brings no ingress controller; sky local up installs ingress-nginx',
    installs: 'on-host-ports',
    cures: [
      advice('your machine reaches these ports only if the kind cluster was made with extraPortMappings for them'),
    ],
  },
  setupHint:
    'kind gives no addresses unless cloud-provider-kind runs on your machine (it leaves no sign in the cluster); --mode ingress and --mode nodeport need no load balancer',
  setupCure: cure(
    command`go install sigs.k8s.io/cloud-provider-kind@latest`,
    'installs cloud-provider-kind; then run it on your machine',
  ),
  sources: [
    'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
    'https://kind.sigs.k8s.io/docs/user/ingress/',
  ],
  unverified: [],
};
