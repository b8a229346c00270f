import { advice } from '../../errors/cure.ts';
import { type LoadBalancer, matcher } from '../platform.ts';
import { servicelbWords } from '../words/servicelb.ts';

export const servicelb: LoadBalancer = {
  id: 'servicelb',
  title: 'ServiceLB of K3s and RKE2',
  matchers: [matcher('nodeLabel', /^svccontroller\.(?:k3s|rke2)\.cattle\.io\//), matcher('workload', /^svclb-/)],
  classes: [],
  defaultScheme: 'pool',
  internal: null,
  public: null,
  alternative: 'its addresses are those of the nodes: their ExternalIPs if they have any, else their InternalIPs',
  sharesNodePorts: true,
  yields: advice('start the servers of K3s with --disable=servicelb (without --enable-servicelb on RKE2)'),
  healthCheck: { scope: 'none' },
  limits: [],
  eventExplanations: servicelbWords,
  sources: ['https://github.com/k3s-io/k3s/blob/main/pkg/cloudprovider/servicelb.go'],
  unverified: [],
  tried: 'read',
};
