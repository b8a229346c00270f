import { command, cure } from '../../errors/cure.ts';
import type { LoadBalancer } from '../platform.ts';

export const minikubeTunnel: LoadBalancer = {
  id: 'minikube-tunnel',
  title: 'minikube tunnel',
  matchers: [],
  classes: [],
  defaultScheme: 'pool',
  internal: null,
  public: null,
  alternative: 'its addresses are those of your machine',
  isLocalOnly: true,
  givesOnlyWhile: {
    cause: 'minikube gives addresses only while its tunnel runs',
    advice: 'the tunnel has to keep running',
    look: cure(command`minikube tunnel`, 'runs on your machine; leave it running'),
  },
  healthCheck: { scope: 'none' },
  limits: [],
  sources: ['https://github.com/kubernetes/minikube/blob/master/cmd/minikube/cmd/tunnel.go'],
  unverified: [],
  tried: 'read',
};
