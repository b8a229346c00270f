import { type LoadBalancer, matcher } from '../platform.ts';

export const inlets: LoadBalancer = {
  id: 'inlets',
  title: 'inlets-operator',
  matchers: [matcher('workload', /^inlets-operator$/)],
  classes: [],
  defaultScheme: 'public',
  internal: null,
  public: { annotations: {} },
  alternative: 'each address is one of a machine that it rents',
  healthCheck: { scope: 'none' },
  limits: [],
  sources: ['https://github.com/inlets/inlets-operator'],
  unverified: ['the labels of its Pods'],
  tried: 'read',
};
