import { mark, type Platform } from '../platform.ts';

export const microk8s: Platform = {
  id: 'microk8s',
  title: 'MicroK8s',
  marks: [mark('nodeLabel', /^microk8s\.io\/cluster=/)],
  loadBalancer: null,
  without: 'MicroK8s gives no addresses by itself: microk8s enable metallb:RANGE',
  sources: ['https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go'],
  unverified: [],
};
