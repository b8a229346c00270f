import { type LoadBalancer, mark } from '../platform.ts';

export const kubeVip: LoadBalancer = {
  id: 'kube-vip',
  title: 'kube-vip',
  marks: [
    mark('workload', /^kube-vip/),
    mark('serviceAnnotation', /^kube-vip\.io\/vipHost=/),
    mark('loadBalancerClass', /^kube-vip\.io\/kube-vip-class$/),
  ],
  classes: ['kube-vip.io/kube-vip-class'],
  defaultScheme: 'pool',
  internal: null,
  public: null,
  instead: 'its addresses are those of its pools: choose one by the annotation kube-vip.io/loadbalancerIPs',
  staticIp: { annotation: 'kube-vip.io/loadbalancerIPs' },
  needsNoNodePorts: true,
  healthCheck: { decides: 'none' },
  limits: [],
  sources: ['https://github.com/kube-vip/kube-vip/blob/main/pkg/kubevip/annotations.go'],
  unverified: ['the labels of its Pods, which its manifests set in different ways'],
  tried: 'read',
};
