import { command, cure } from '../../errors/cure.ts';
import { minikubeTunnel } from '../load-balancers/minikube-tunnel.ts';
import { matcher, type Platform } from '../platform.ts';

export const minikube: Platform = {
  id: 'minikube',
  title: 'minikube',
  matchers: [matcher('nodeLabel', /^minikube\.k8s\.io\/version=/), matcher('context', /^minikube$/)],
  loadBalancer: minikubeTunnel,
  ingress: {
    brings: 'minikube has the addon ingress, which is ingress-nginx and no longer maintained',
    installs: 'on-service',
    cures: [cure(command`minikube tunnel`, 'gives its Service an address; runs on your machine, leave it running')],
  },
  setupHint: 'minikube gives addresses only while its tunnel runs on your machine',
  setupCure: cure(command`minikube tunnel`, 'runs on your machine; leave it running'),
  sources: [
    'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
    'https://minikube.sigs.k8s.io/docs/handbook/addons/ingress-dns/',
  ],
  unverified: [],
};
