import { matcher, type Platform } from '../platform.ts';

const sources = [
  'https://github.com/docker/roadmap/issues/272: a second load balancer of the same port stays pending',
  'https://github.com/rinormaloku/k8s-mastery/pull/4',
  'https://github.com/docker/docs/issues/5690',
  'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
];

export const dockerDesktop: Platform = {
  id: 'docker-desktop',
  title: 'Docker Desktop',
  matchers: [matcher('osImage', /Docker Desktop/), matcher('context', /^docker-desktop$/)],
  loadBalancer: {
    id: 'docker-desktop',
    title: "Docker Desktop's own load balancer",
    matchers: [],
    classes: [],
    defaultScheme: 'pool',
    internal: null,
    public: null,
    alternative: 'its address is localhost: every user of your machine can call it',
    isLocalOnly: true,
    sharesNodePorts: true,
    healthCheck: { scope: 'none' },
    limits: [],
    sources,
    unverified: ['that the address is localhost'],
    tried: 'read',
  },
  sources,
  unverified: [],
};
