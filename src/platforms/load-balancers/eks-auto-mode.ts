import { command, cure } from '../../errors/cure.ts';
import { awsHttpProbe, awsReadings, awsRefusal, awsScheme, networkListeners } from '../aws.ts';
import { type EventExplanation, explanations, type LoadBalancer, matcher } from '../platform.ts';
import { awsControllerFallbacks, awsControllerWords } from '../words/aws-load-balancer-controller.ts';

const refused: EventExplanation = {
  reason: /^Failed(?:BuildModel|DeployModel)$/,
  message: awsRefusal,
  cause: 'the IAM role of the EKS cluster lacks the permission that the message names',
  advice: '',
  look: cure(
    command`aws iam attach-role-policy --role-name ROLE --policy-arn arn:aws:iam::aws:policy/AmazonEKSLoadBalancingPolicy`,
    "gives it EKS's own policy for load balancers; ROLE is the role of the cluster",
  ),
  source: 'https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html',
};

export const eksAutoMode: LoadBalancer = {
  id: 'eks-auto-mode',
  title: 'EKS Auto Mode',
  matchers: [
    matcher('nodeLabel', /^eks\.amazonaws\.com\/compute-type=auto$/),
    matcher('apiGroup', /^eks\.amazonaws\.com$/),
    matcher('finalizer', /^service\.eks\.amazonaws\.com\/resources$/),
    matcher('loadBalancerClass', /^eks\.amazonaws\.com\/nlb$/),
  ],
  classes: ['eks.amazonaws.com/nlb'],
  replaces: ['aws-in-tree'],
  defaultScheme: 'internal',
  internal: {
    annotations: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' },
    loadBalancerClass: 'eks.amazonaws.com/nlb',
  },
  public: {
    annotations: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internet-facing' },
    loadBalancerClass: 'eks.amazonaws.com/nlb',
  },
  notBySkyPilot: {
    internal: 'it needs a loadBalancerClass, which SkyPilot does not set',
    public: 'it needs a loadBalancerClass, which SkyPilot does not set',
  },
  schemeAnnotations: [awsScheme],
  healthCheck: { scope: 'per-port', httpProbe: awsHttpProbe },
  limits: [networkListeners],
  eventExplanations: explanations(() => [refused, ...awsControllerWords(), ...awsReadings()]),
  fallbackExplanations: awsControllerFallbacks,
  sources: ['https://github.com/awsdocs/amazon-eks-user-guide'],
  unverified: ['which sign of Auto Mode is the surest'],
  tried: 'read',
};
