import { minikubeTunnel } from '../load-balancers/minikube-tunnel.ts';
import { mark, type Platform } from '../platform.ts';

export const minikube: Platform = {
  id: 'minikube',
  title: 'minikube',
  marks: [mark('nodeLabel', /^minikube\.k8s\.io\/version=/), mark('context', /^minikube$/)],
  loadBalancer: minikubeTunnel,
  without: 'minikube gives addresses while `minikube tunnel` runs on your machine',
  sources: ['https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go'],
  unverified: [],
};
