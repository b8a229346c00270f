import { mark, type Platform } from '../platform.ts';

export const kind: Platform = {
  id: 'kind',
  title: 'kind',
  marks: [mark('providerID', /^kind:\/\//), mark('context', /^kind-/)],
  loadBalancer: null,
  without:
    'kind gives no addresses by itself: run cloud-provider-kind on your machine (go install sigs.k8s.io/cloud-provider-kind@latest; it leaves no sign in the cluster), or take --mode ingress or --mode nodeport',
  sources: ['https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go'],
  unverified: [],
};
