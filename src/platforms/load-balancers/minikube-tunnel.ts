import type { LoadBalancer } from '../platform.ts';

export const minikubeTunnel: LoadBalancer = {
  id: 'minikube-tunnel',
  title: 'minikube tunnel',
  marks: [],
  classes: [],
  defaultScheme: 'pool',
  internal: null,
  public: null,
  instead: 'its addresses are those of your machine',
  isOnYourMachine: true,
  healthCheck: { decides: 'none' },
  limits: [],
  sources: ['https://github.com/kubernetes/minikube/blob/master/cmd/minikube/cmd/tunnel.go'],
  unverified: [],
  tried: 'read',
};
