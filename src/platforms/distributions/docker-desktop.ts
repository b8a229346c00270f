import { mark, type Platform } from '../platform.ts';

const sources = [
  'https://github.com/docker/docs/issues/5690',
  'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
];

export const dockerDesktop: Platform = {
  id: 'docker-desktop',
  title: 'Docker Desktop',
  marks: [mark('osImage', /Docker Desktop/), mark('context', /^docker-desktop$/)],
  loadBalancer: {
    id: 'docker-desktop',
    title: "Docker Desktop's own load balancer",
    marks: [],
    classes: [],
    defaultScheme: 'pool',
    internal: null,
    public: null,
    instead: 'its address is localhost: every user of your machine can call it',
    isOnYourMachine: true,
    healthCheck: { decides: 'none' },
    limits: [],
    sources,
    unverified: ['that the address is localhost', 'what happens if two Services ask for the same port of your machine'],
    tried: 'read',
  },
  sources,
  unverified: [],
};
