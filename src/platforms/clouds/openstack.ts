import { command, cure, part } from '../../errors/cure.ts';
import { explanations, matcher, type Platform } from '../platform.ts';

const sources = [
  'https://github.com/kubernetes/cloud-provider-openstack/blob/master/docs/openstack-cloud-controller-manager/expose-applications-using-loadbalancer-type-service.md',
];

const floatingNetwork = part`--annotation loadbalancer.openstack.org/floating-network-id=ID`;
const externalNetworks = cure(command`openstack network list --external`, 'shows the networks of floating IPs');

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
    // By default, nothing is probed. Two settings enable probes: the annotation enable-health-monitor, or the option
    // create-monitor of the controller.
    healthCheck: { scope: 'none' },
    staticIp: { field: 'loadBalancerIP' },
    limits: [],
    eventExplanations: explanations(() => [
      {
        reason: /^/,
        message: /Floating network configuration not provided for Service/,
        cause: 'OpenStack gives it no floating IP, so it is internal',
        advice: 'ID is that of a network of floating IPs',
        flags: floatingNetwork,
        look: externalNetworks,
        source: 'https://github.com/kubernetes/cloud-provider-openstack/blob/master/pkg/openstack/loadbalancer.go',
      },
      {
        reason: /^SyncLoadBalancerFailed$/,
        message: /is not a valid external network/,
        cause: 'the network that its floating IP is asked of is not an external one',
        advice: 'ID is that of an external network; floating-network-id in cloud.conf names one for all Services',
        flags: floatingNetwork,
        look: externalNetworks,
        source: 'https://github.com/kubernetes/cloud-provider-openstack/issues/2493',
      },
      {
        reason: /^SyncLoadBalancerFailed$/,
        message: /ExternalGatewayForFloatingIPNotFound/,
        cause: 'OpenStack cannot reach its subnet from the network of floating IPs',
        advice: 'ID is that of an external network with a router to its subnet; or take --scheme internal',
        flags: floatingNetwork,
        look: externalNetworks,
        source: 'https://github.com/kubermatic/kubermatic/issues/12905',
      },
    ]),
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: [],
};
