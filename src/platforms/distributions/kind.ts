import { mark, type Platform } from '../platform.ts';

export const kind: Platform = {
  id: 'kind',
  title: 'kind',
  marks: [mark('providerID', /^kind:\/\//), mark('context', /^kind-/)],
  loadBalancer: null,
  without:
    'kind gives no addresses: run cloud-provider-kind on your machine, or take --mode ingress or --mode nodeport',
  sources: ['https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go'],
  unverified: [],
};
