import { awsInTree } from '../load-balancers/aws-in-tree.ts';
import { mark, type Platform } from '../platform.ts';

export const eks: Platform = {
  id: 'eks',
  title: 'Amazon EKS',
  marks: [
    mark('providerID', /^aws:\/\/\//),
    mark('nodeLabel', /^eks\.amazonaws\.com\/nodegroup=/),
    mark('version', /-eks-/),
    mark('server', /\.eks\.amazonaws\.com$/),
    mark('context', /^arn:aws[\w-]*:eks:/),
  ],
  loadBalancer: awsInTree,
  sources: [
    'https://github.com/replicatedhq/troubleshoot/blob/main/pkg/analyze/distribution.go',
    'https://github.com/kubernetes/cloud-provider-aws/blob/master/pkg/providers/v1/aws.go',
  ],
  unverified: ['a providerID of AWS is of clusters outside EKS, too, which have the same load balancers'],
};
