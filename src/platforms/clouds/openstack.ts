import { matcher, type Platform } from '../platform.ts';

const sources = [
  'https://github.com/kubernetes/cloud-provider-openstack/blob/master/docs/openstack-cloud-controller-manager/expose-applications-using-loadbalancer-type-service.md',
];

export const openstack: Platform = {
  id: 'openstack',
  title: 'OpenStack',
  matchers: [
    matcher('providerID', /^openstack:\/\/\//),
    matcher('serviceAnnotation', /^loadbalancer\.openstack\.org\/load-balancer-id=/),
  ],
  loadBalancer: {
    id: 'openstack',
    title: "OpenStack's own cloud controller",
    matchers: [],
    classes: [],
    defaultScheme: 'public',
    internal: { annotations: { 'service.beta.kubernetes.io/openstack-internal-load-balancer': 'true' } },
    public: { annotations: { 'service.beta.kubernetes.io/openstack-internal-load-balancer': 'false' } },
    // Unless enable-health-monitor or the controller's create-monitor enables it.
    healthCheck: { scope: 'none' },
    staticIp: { field: 'loadBalancerIP' },
    limits: [],
    eventExplanations: [
      {
        reason: /^/,
        message: /Floating network configuration not provided for Service/,
        cause: 'OpenStack gives it no floating IP, so it is internal',
        advice: 'name a network: --annotation loadbalancer.openstack.org/floating-network-id=ID',
        source: 'https://github.com/kubernetes/cloud-provider-openstack/blob/master/pkg/openstack/loadbalancer.go',
      },
      {
        reason: /^SyncLoadBalancerFailed$/,
        message: /ExternalGatewayForFloatingIPNotFound|is not a valid external network/,
        cause: 'OpenStack cannot reach its subnet from the network of floating IPs',
        advice:
          'name another network by --annotation loadbalancer.openstack.org/floating-network-id=ID, or take --scheme internal',
        source: 'https://github.com/kubermatic/kubermatic/issues/12905',
      },
    ],
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: [],
};
