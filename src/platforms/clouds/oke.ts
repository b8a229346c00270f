import { mark, type Platform } from '../platform.ts';

const sources = [
  'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
  'https://github.com/oracle/oci-cloud-controller-manager/blob/master/docs/load-balancer-annotations.md',
];

export const oke: Platform = {
  id: 'oke',
  title: 'OKE',
  marks: [
    mark('providerID', /^(?:oci:\/\/|ocid1\.instance\.)/),
    mark('nodeLabel', /^oci\.oraclecloud\.com\/fault-domain=/),
  ],
  loadBalancer: {
    id: 'oke',
    title: "OKE's own load balancers",
    marks: [],
    classes: [],
    defaultScheme: 'public',
    internal: { annotations: { 'service.beta.kubernetes.io/oci-load-balancer-internal': 'true' } },
    public: { annotations: {} },
    healthCheck: { decides: 'unknown' },
    limits: [],
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: [],
};
