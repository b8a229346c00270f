import { advice, command, cure } from '../../errors/cure.ts';
import { awsHttpProbe, awsInternal, awsReadings, awsRefusal, awsScheme, networkListeners } from '../aws.ts';
import { type EventExplanation, explanations, type LoadBalancer, matcher } from '../platform.ts';
import { awsControllerFallbacks, awsControllerWords } from '../words/aws-load-balancer-controller.ts';

const iamPolicy =
  'https://raw.githubusercontent.com/kubernetes-sigs/aws-load-balancer-controller/main/docs/install/iam_policy.json';

/** Each release has its own IAM policy, because a new release may need more permissions. */
const refused: EventExplanation = {
  reason: /^Failed(?:BuildModel|DeployModel)$/,
  message: awsRefusal,
  cause: "the IAM policy of the controller's role lacks the permission that the message names",
  advice: '',
  look: cure(
    command`aws iam create-policy-version --policy-arn ARN --policy-document file://iam_policy.json --set-as-default`,
    `gives its IAM policy, whose ARN is ARN, the permissions of now; iam_policy.json is ${iamPolicy}`,
  ),
  source: 'https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/3399',
};

/**
 * The AWS Load Balancer Controller. Since release 2.5, its mutating webhook sets its class on new Services. The webhook
 * is on by default.
 */
export const awsLoadBalancerController: LoadBalancer = {
  id: 'aws-load-balancer-controller',
  title: 'AWS Load Balancer Controller',
  matchers: [
    matcher('apiGroup', /^elbv2\.k8s\.aws$/),
    matcher('workload', /^aws-load-balancer-controller$/),
    matcher('webhook', /\.elbv2\.k8s\.aws$/),
    matcher('finalizer', /^service\.k8s\.aws\/resources$/),
    matcher('loadBalancerClass', /^service\.k8s\.aws\/nlb$/),
  ],
  classes: ['service.k8s.aws/nlb'],
  replaces: ['aws-in-tree'],
  requiresPod: true,
  yields: advice(
    'install the AWS Load Balancer Controller with enableServiceMutatorWebhook=false; it then leaves every new Service without its class alone',
  ),
  defaultScheme: 'internal',
  // The second annotation is for the in-tree controller. It serves the Service if the webhook is off.
  internal: {
    annotations: {
      'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal',
      'service.beta.kubernetes.io/aws-load-balancer-internal': 'true',
    },
  },
  public: { annotations: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internet-facing' } },
  schemeAnnotations: [awsScheme, awsInternal],
  healthCheck: { scope: 'per-port', httpProbe: awsHttpProbe },
  limits: [networkListeners],
  eventExplanations: explanations(() => [refused, ...awsControllerWords(), ...awsReadings()]),
  fallbackExplanations: awsControllerFallbacks,
  sources: [
    'https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/docs/guide/service/annotations.md',
    'https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/docs/guide/service/nlb.md',
  ],
  unverified: ["whether its webhook for Services is on: if it is off, AWS's own cloud controller takes them"],
  tried: 'read',
};
