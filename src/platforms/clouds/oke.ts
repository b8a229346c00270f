import { matcher, type Platform } from '../platform.ts';
import { okeFallbacks, okeWords } from '../words/oke.ts';

const sources = [
  'https://github.com/oracle/oci-cloud-controller-manager/blob/master/pkg/cloudprovider/providers/oci/load_balancer_spec.go',
  'https://docs.oracle.com/iaas/releasenotes/conteng/conteng-LB-NLB-annotation-for-Reserved-IPv4.htm',

  'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
  'https://github.com/oracle/oci-cloud-controller-manager/blob/master/docs/load-balancer-annotations.md',
];

export const oke: Platform = {
  id: 'oke',
  title: 'OKE',
  matchers: [
    matcher('providerID', /^(?:oci:\/\/|ocid1\.instance\.)/),
    matcher('nodeLabel', /^oci\.oraclecloud\.com\/fault-domain=/),
  ],
  loadBalancer: {
    id: 'oke',
    title: "OKE's own cloud controller",
    matchers: [],
    classes: [],
    defaultScheme: 'public',
    // The first annotation is for load balancers, the second for network load balancers. Each kind reads only its own
    // annotation.
    internal: {
      annotations: {
        'service.beta.kubernetes.io/oci-load-balancer-internal': 'true',
        'oci-network-load-balancer.oraclecloud.com/internal': 'true',
      },
    },
    public: { annotations: {} },
    schemeAnnotations: [
      { annotation: 'service.beta.kubernetes.io/oci-load-balancer-internal', internal: /^true$/i },
      { annotation: 'oci-network-load-balancer.oraclecloud.com/internal', internal: /^true$/i },
    ],
    healthCheck: { scope: 'node' },
    staticIp: { annotation: 'oci.oraclecloud.com/reserved-ips', ipv6: null },
    limits: [],
    eventExplanations: okeWords,
    fallbackExplanations: okeFallbacks,
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: [],
};
