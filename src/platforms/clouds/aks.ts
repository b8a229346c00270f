import { command, cure } from '../../errors/cure.ts';
import { explanations, matcher, type Platform } from '../platform.ts';
import { aksWords } from '../words/aks.ts';

const sources = [
  'https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/',
  'https://github.com/kubernetes-sigs/cloud-provider-azure/blob/master/pkg/provider/azure_loadbalancer_healthprobe.go',

  'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
  'https://github.com/kubernetes-sigs/cloud-provider-azure/blob/master/pkg/consts/consts.go',
];

export const aks: Platform = {
  id: 'aks',
  title: 'AKS',
  matchers: [
    matcher('providerID', /^azure:\/\/\//),
    matcher('nodeLabel', /^kubernetes\.azure\.com\/(?:cluster|role)=/),
    matcher('server', /\.azmk8s\.io$/),
  ],
  loadBalancer: {
    id: 'aks',
    title: "AKS's own cloud controller",
    matchers: [],
    classes: [],
    defaultScheme: 'public',
    internal: { annotations: { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' } },
    public: { annotations: { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'false' } },
    staticIp: {
      annotation: 'service.beta.kubernetes.io/azure-load-balancer-ipv4',
      ipv6: 'service.beta.kubernetes.io/azure-load-balancer-ipv6',
    },
    healthCheck: {
      scope: 'per-port',
      pin: { 'service.beta.kubernetes.io/port_{other}_health-probe_port': '{port}' },
      plainProbe: {
        annotation: 'service.beta.kubernetes.io/port_{port}_health-probe_protocol',
        value: 'tcp',
        // The annotation azure-load-balancer-health-probe-protocol does not help, because the appProtocol of a port
        // ranks above it.
        unless: [
          'service.beta.kubernetes.io/port_{port}_no_probe_rule',
          'service.beta.kubernetes.io/port_{port}_no_lb_rule',
          'service.beta.kubernetes.io/port_{port}_health-probe_request-path',
          'service.beta.kubernetes.io/azure-load-balancer-health-probe-request-path',
        ],
        path: 'service.beta.kubernetes.io/azure-load-balancer-health-probe-request-path',
      },
      httpProbe: {
        protocol: 'service.beta.kubernetes.io/azure-load-balancer-health-probe-protocol',
        path: 'service.beta.kubernetes.io/azure-load-balancer-health-probe-request-path',
      },
    },
    limits: [
      {
        ports: 300,
        what: 'inbound rules of a network interface',
        limitKind: 'hard',
        source: 'https://learn.microsoft.com/azure/aks/',
      },
    ],
    eventExplanations: explanations(() => [
      {
        reason: /^SyncLoadBalancerFailed$/,
        message: /PublicIPCountLimitReached/,
        cause: 'the subscription has no public IP address left in this region',
        advice: 'delete public addresses that are not needed, or have the quota raised',
        source:
          'https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-codes/publicipcountlimitreached-error',
      },
      {
        reason: /^SyncLoadBalancerFailed$/,
        message: /AuthorizationFailed|LinkedAccessCheckFailed/,
        cause: "Azure refuses it to the cluster's managed identity",
        advice: '',
        look: cure(
          command`az role assignment create --assignee IDENTITY --role ${'Network Contributor'} --scope SCOPE`,
          'gives that right: IDENTITY is the object id of the client in the message, SCOPE the scope that it names',
        ),
        source: 'https://github.com/Azure/AKS/issues/1945',
      },
      ...aksWords(),
    ]),
    sources,
    unverified: [
      'whether its load balancer probes the nodes for all Services together (shared probe mode), which no Service shows',
    ],
    tried: 'read',
  },
  sources,
  unverified: [],
};
