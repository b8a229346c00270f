import { part } from '../../errors/cure.ts';
import { explanations, matcher, type Platform } from '../platform.ts';
import { gkeWords } from '../words/gke.ts';

const sources = [
  'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
  'https://github.com/kubernetes/cloud-provider-gcp/blob/master/providers/gce/gce_annotations.go',
  'https://github.com/kubernetes/ingress-gce/blob/master/pkg/annotations/service.go',
  'https://github.com/kubernetes/cloud-provider-gcp/blob/master/providers/gce/gce_loadbalancer_external.go',
];

export const gke: Platform = {
  id: 'gke',
  title: 'GKE',
  ingress: {
    brings:
      "GKE's own Ingress controller reads no nginx.ingress.kubernetes.io annotations, which SkyPilot's Ingresses need",
    installs: 'on-service',
    cures: [],
  },
  matchers: [
    matcher('providerID', /^gce:\/\//),
    matcher('nodeLabel', /^cloud\.google\.com\/gke-nodepool=/),
    matcher('version', /-gke\./),
    matcher('finalizer', /^gke\.networking\.io\//),
    matcher('context', /^gke_/),
  ],
  loadBalancer: {
    id: 'gke',
    title: "GKE's own cloud controller",
    matchers: [],
    classes: ['networking.gke.io/l4-regional-internal', 'networking.gke.io/l4-regional-external'],
    defaultScheme: 'public',
    internal: { annotations: { 'networking.gke.io/load-balancer-type': 'Internal' } },
    public: { annotations: {} },
    schemeAnnotations: [
      { annotation: 'networking.gke.io/load-balancer-type', internal: /^internal$/i },
      { annotation: 'cloud.google.com/load-balancer-type', internal: /^internal$/i },
    ],
    schemeOfClass: {
      'networking.gke.io/l4-regional-internal': 'internal',
      'networking.gke.io/l4-regional-external': 'public',
    },
    staticIp: { field: 'loadBalancerIP' },
    healthCheck: { scope: 'node' },
    limits: [
      {
        ports: 5,
        what: 'ports of a forwarding rule',
        limitKind: 'opens-range',
        source: 'https://cloud.google.com/load-balancing/docs/forwarding-rule-concepts',
      },
    ],
    eventExplanations: explanations(() => [
      {
        reason: /^LoadBalancerMixedProtocolNotSupported$/,
        cause: 'its load balancer takes one protocol only',
        advice: 'take TCP and UDP ports apart into two Services',
        source: 'https://github.com/kubernetes/cloud-provider-gcp/blob/master/providers/gce/gce_loadbalancer.go',
      },
      {
        reason: /^Sync(?:External)?LoadBalancerFailed$/,
        message: /QUOTA_EXCEEDED|quotaExceeded/,
        cause: 'a quota of the Google Cloud project is used up',
        advice: 'delete forwarding rules and addresses that are not needed, or have the quota raised',
        source: 'https://github.com/kubernetes/kubernetes/issues/42361',
      },
      {
        reason: /^QuotaExceeded$/,
        cause: 'a quota of the Google Cloud project is used up',
        advice: 'delete forwarding rules and addresses that are not needed, or have the quota raised',
        source: 'https://github.com/kubernetes/ingress-gce/pull/3247',
      },
      {
        reason: /^Sync(?:External)?LoadBalancerFailed$/,
        message: /constraints\/compute\.restrictLoadBalancerCreationForTypes/,
        cause: 'a policy of the Google Cloud organisation forbids load balancers of this kind',
        advice: 'if the policy allows no internal ones either, have it changed',
        scheme: 'internal',
        source: 'https://github.com/GoogleCloudPlatform/kubernetes-engine-samples/issues/143',
      },
      {
        reason: /^LoadBalancerManualChange$/,
        cause: 'the firewall of a shared VPC is opened by its administrator alone',
        advice: 'its administrator has to run the gcloud command that the message has',
        source: 'https://github.com/kubernetes/cloud-provider-gcp/blob/master/providers/gce/gce_util.go',
      },
      {
        reason: /^(?:ConflictingConfiguration|ILBOptionsIgnored|ILBCustomSubnetOptionIgnored)$/,
        cause: 'GKE does not take its annotations as they are: the type of a load balancer is not switched in place',
        advice: '',
        flags: part``,
        needsNewService: true,
        source: 'https://github.com/kubernetes/ingress-gce/blob/master/pkg/l4/controllers/l4controller.go',
      },
      ...gkeWords(),
    ]),
    failureConditions: { LoadBalancerPortsError: 'True' },
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: [],
};
