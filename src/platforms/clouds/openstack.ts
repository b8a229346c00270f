import { mark, type Platform } from '../platform.ts';

export const openstack: Platform = {
  id: 'openstack',
  title: 'OpenStack',
  marks: [mark('providerID', /^openstack:\/\/\//)],
  loadBalancer: {
    id: 'openstack',
    title: "OpenStack's own load balancers",
    marks: [],
    classes: [],
    defaultScheme: 'public',
    internal: { annotations: { 'service.beta.kubernetes.io/openstack-internal-load-balancer': 'true' } },
    public: { annotations: { 'service.beta.kubernetes.io/openstack-internal-load-balancer': 'false' } },
    healthCheck: { decides: 'unknown' },
    limits: [],
    sources: [
      'https://github.com/kubernetes/cloud-provider-openstack/blob/master/docs/openstack-cloud-controller-manager/expose-applications-using-loadbalancer-type-service.md',
    ],
    unverified: [],
    tried: 'read',
  },
  sources: [
    'https://github.com/kubernetes/cloud-provider-openstack/blob/master/docs/openstack-cloud-controller-manager/expose-applications-using-loadbalancer-type-service.md',
  ],
  unverified: [],
};
