import { explanations, matcher, type Platform } from '../platform.ts';

const sources = [
  'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
  'https://github.com/linode/linode-cloud-controller-manager/blob/main/docs/configuration/annotations.md',
];

const nodeBalancerId = 'service.beta.kubernetes.io/linode-loadbalancer-nodebalancer-id';
const unauthorized = /\[40[13]\] (?:Unauthorized|Forbidden|Invalid Token)/i;

export const linode: Platform = {
  id: 'linode',
  title: 'Linode',
  matchers: [matcher('providerID', /^linode:\/\//), matcher('server', /\.linodelke\.net$/)],
  loadBalancer: {
    id: 'linode',
    title: "Linode's own cloud controller",
    matchers: [],
    classes: [],
    defaultScheme: 'public',
    internal: null,
    public: { annotations: {} },
    alternative:
      'no single annotation does it: a NodeBalancer within a VPC needs the annotations linode-loadbalancer-frontend-*',
    healthCheck: { scope: 'per-port' },
    staticIp: { annotation: 'service.beta.kubernetes.io/linode-loadbalancer-reserved-ipv4', ipv6: null },
    limits: [],
    eventExplanations: explanations(() => [
      {
        reason: /^SyncLoadBalancerFailed$/,
        message: unauthorized,
        annotated: nodeBalancerId,
        cause: `its annotation ${nodeBalancerId} names a NodeBalancer that the cloud controller may not change: it has to have made it itself`,
        advice: 'without the annotation, the controller makes a NodeBalancer',
        without: nodeBalancerId,
        source: 'https://github.com/linode/linode-cloud-controller-manager/issues/392',
      },
      {
        reason: /^SyncLoadBalancerFailed$/,
        message: unauthorized,
        cause: "Linode refuses it to the cloud controller's token",
        advice:
          'the token of Secret kube-system/ccm-linode needs read and write access to NodeBalancers, Linodes and IPs',
        source:
          'https://github.com/linode/linode-cloud-controller-manager/blob/main/docs/getting-started/requirements.md',
      },
    ]),
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: [],
};
