import { awsInTree } from '../load-balancers/aws-in-tree.ts';
import { matcher, type Platform } from '../platform.ts';

export const eks: Platform = {
  id: 'eks',
  title: 'Amazon EKS',
  matchers: [
    matcher('providerID', /^aws:\/\/\//),
    matcher('nodeLabel', /^eks\.amazonaws\.com\/nodegroup=/),
    matcher('version', /-eks-/),
    matcher('server', /\.eks\.amazonaws\.com$/),
    matcher('context', /^arn:aws[\w-]*:eks:/),
  ],
  loadBalancer: awsInTree,
  ingress: {
    brings:
      "neither the AWS Load Balancer Controller nor EKS Auto Mode reads nginx.ingress.kubernetes.io annotations, which SkyPilot's Ingresses need",
    installs: 'on-service',
    cures: [],
  },
  sources: [
    'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
    'https://github.com/kubernetes/cloud-provider-aws/blob/master/pkg/providers/v1/aws.go',
  ],
  unverified: ['a providerID of AWS is of clusters outside EKS, too, which have the same load balancers'],
};
