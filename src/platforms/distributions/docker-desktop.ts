import { mark, type Platform } from '../platform.ts';

export const dockerDesktop: Platform = {
  id: 'docker-desktop',
  title: 'Docker Desktop',
  marks: [mark('osImage', /Docker Desktop/), mark('context', /^docker-desktop$/)],
  loadBalancer: null,
  without: 'Docker Desktop gives a Service of type LoadBalancer the address localhost',
  sources: ['https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go'],
  unverified: [],
};
