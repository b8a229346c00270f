import { advice } from '../../errors/cure.ts';
import { type LoadBalancer, matcher } from '../platform.ts';
import { metallbWords } from '../words/metallb.ts';

const source = 'https://github.com/metallb/metallb/blob/main/controller/service.go';

export const metallb: LoadBalancer = {
  id: 'metallb',
  title: 'MetalLB',
  matchers: [
    matcher('apiGroup', /^metallb\.io$/),
    matcher('workload', /^metallb$/),
    matcher('serviceAnnotation', /^metallb\.(?:io|universe\.tf)\/ip-allocated-from-pool=/),
  ],
  classes: [],
  classFlag: '--lb-class',
  speaksAs: /^metallb-(?:controller|speaker)$/,
  legacyPrefix: { now: 'metallb.io/', before: 'metallb.universe.tf/', writes: 'ip-allocated-from-pool' },
  defaultScheme: 'pool',
  internal: null,
  public: null,
  alternative: 'its addresses are those of its pools: choose one by --address-pool NAME',
  pools: { by: 'annotation', annotation: 'metallb.io/address-pool', topic: 'addressPools' },
  staticIp: { annotation: 'metallb.io/loadBalancerIPs' },
  supportsNoNodePorts: true,
  yields: advice(
    'give MetalLB a class: --lb-class=NAME for its controller and its speakers (Helm: loadBalancerClass); it then leaves every Service without that class alone',
  ),
  healthCheck: { scope: 'none' },
  limits: [],
  eventExplanations: metallbWords,
  sources: [source],
  unverified: [
    'that it is 0.14.9 or later, if no Service shows it: earlier releases know its annotations by metallb.universe.tf/ alone',
  ],
  tried: 'ran',
};
