import { command, cure } from '../../errors/cure.ts';
import { matcher, type Platform } from '../platform.ts';

export const microk8s: Platform = {
  id: 'microk8s',
  title: 'MicroK8s',
  matchers: [matcher('nodeLabel', /^microk8s\.io\/cluster=/)],
  loadBalancer: null,
  ingress: {
    brings: 'MicroK8s has an addon: Traefik with its nginx provider since 2026, ingress-nginx before',
    cures: [cure(command`microk8s enable ingress`, 'enables the addon')],
    podSelector: 'name=nginx-ingress-microk8s',
  },
  setupHint: 'MicroK8s gives no addresses until its addon metallb is enabled',
  setupCure: cure(
    command`microk8s enable metallb:FROM-TO`,
    'enables the addon; FROM and TO are the first and the last address that it may give',
  ),
  sources: [
    'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
    'https://github.com/canonical/microk8s-core-addons/blob/main/addons/ingress/values.yaml',
    'https://github.com/canonical/microk8s-core-addons, addons/ingress/ingress.yaml before 2026: the labels of its Pods',
  ],
  unverified: [],
};
