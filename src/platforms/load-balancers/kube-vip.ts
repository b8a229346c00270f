import { advice, command, cure } from '../../errors/cure.ts';
import { explanations, type LoadBalancer, matcher } from '../platform.ts';

const pools = 'https://github.com/kube-vip/kube-vip-cloud-provider/blob/main/pkg/provider/loadBalancer.go';

export const kubeVip: LoadBalancer = {
  id: 'kube-vip',
  title: 'kube-vip',
  matchers: [
    matcher('workload', /^kube-vip/),
    matcher('serviceAnnotation', /^kube-vip\.io\/vipHost=/),
    matcher('loadBalancerClass', /^kube-vip\.io\/kube-vip-class$/),
  ],
  classes: ['kube-vip.io/kube-vip-class'],
  classFlag: 'setting LoadBalancerClassName',
  defaultScheme: 'pool',
  internal: null,
  public: null,
  alternative: 'its addresses are those of the pool of the namespace: ask for one by --static-ip IP',
  pools: { by: 'namespace' },
  staticIp: { annotation: 'kube-vip.io/loadbalancerIPs' },
  supportsNoNodePorts: true,
  yields: advice(
    'set svc_enable=false in the environment of kube-vip if it is for the API server alone, or lb_class_only=true: it then leaves every Service without its class alone',
  ),
  healthCheck: { scope: 'none' },
  limits: [],
  eventExplanations: explanations(() => [
    {
      reason: /^SyncLoadBalancerFailed$/,
      message: /no address pools could be found|could not find suitable pool/,
      cause: 'kube-vip-cloud-provider has no pool for its namespace',
      advice: 'add a pool: key cidr-NAMESPACE or range-NAMESPACE, for all namespaces cidr-global or range-global',
      look: cure(command`kubectl get configmap kubevip -n kube-system -o yaml`, 'shows the pools'),
      source: pools,
    },
    {
      reason: /^SyncLoadBalancerFailed$/,
      message: /no addresses available in/,
      cause: 'every address of its pool is taken',
      advice: 'widen the pool in ConfigMap kube-system/kubevip, or unexpose ports that are not needed',
      source: 'https://github.com/kube-vip/kube-vip-cloud-provider/blob/main/pkg/ipam/ipam.go',
    },
  ]),
  sources: ['https://github.com/kube-vip/kube-vip/blob/main/pkg/kubevip/annotations.go', pools],
  unverified: ['the labels of its Pods, which its manifests set in different ways'],
  tried: 'read',
};
