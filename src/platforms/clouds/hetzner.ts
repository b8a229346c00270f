import { command, cure } from '../../errors/cure.ts';
import { matcher, type Platform } from '../platform.ts';

const sources = [
  'https://github.com/hetznercloud/hcloud-cloud-controller-manager/blob/main/internal/hcops/load_balancer.go',

  'https://github.com/hetznercloud/hcloud-cloud-controller-manager/blob/main/docs/reference/load_balancer_annotations.md',
];

export const hetzner: Platform = {
  id: 'hetzner',
  title: 'Hetzner',
  matchers: [matcher('providerID', /^(?:hcloud|hrobot):\/\//)],
  loadBalancer: {
    id: 'hetzner',
    title: "Hetzner's own cloud controller",
    matchers: [],
    classes: [],
    defaultScheme: 'public',
    internal: {
      annotations: {
        'load-balancer.hetzner.cloud/disable-public-network': 'true',
        'load-balancer.hetzner.cloud/use-private-ip': 'true',
      },
    },
    public: { annotations: {} },
    schemeAnnotations: [{ annotation: 'load-balancer.hetzner.cloud/disable-public-network', internal: /^true$/i }],
    healthCheck: {
      scope: 'per-port',
      httpProbe: {
        protocol: 'load-balancer.hetzner.cloud/health-check-protocol',
        path: 'load-balancer.hetzner.cloud/health-check-http-path',
        statuses: 'load-balancer.hetzner.cloud/http-status-codes',
      },
    },
    limits: [],
    eventExplanations: [
      {
        reason: /^SyncLoadBalancerFailed$/,
        message: /neither load-balancer\.hetzner\.cloud\/location nor load-balancer\.hetzner\.cloud\/network-zone set/,
        cause: 'nothing says in which location of Hetzner it is to be',
        advice:
          'expose again with --annotation load-balancer.hetzner.cloud/location=NAME (such as fsn1), or give the cloud controller HCLOUD_LOAD_BALANCERS_LOCATION',
        source: 'https://github.com/hetznercloud/hcloud-cloud-controller-manager/issues/167',
      },
      {
        reason: /^SyncLoadBalancerFailed$/,
        message: /missing prefix hcloud:\/\//,
        cause: 'a node has no providerID of Hetzner',
        advice: 'run its kubelet with --cloud-provider=external',
        look: cure(
          command`kubectl get nodes -o custom-columns=N:.metadata.name,ID:.spec.providerID`,
          'shows the providerID of each node',
        ),
        source: 'https://github.com/hetznercloud/hcloud-cloud-controller-manager/issues/139',
      },
      {
        reason: /^SyncLoadBalancerFailed$/,
        message: /cross network zone is not supported|same network zone/,
        cause: 'a node is in another network zone than its load balancer',
        advice: 'choose the nodes by the annotation load-balancer.hetzner.cloud/node-selector',
        source: 'https://github.com/syself/hetzner-cloud-controller-manager/issues/64',
      },
    ],
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: [],
};
