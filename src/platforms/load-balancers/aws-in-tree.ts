import { awsHttpProbe, awsInternal, awsReadings, networkListeners } from '../aws.ts';
import { explanations, type LoadBalancer } from '../platform.ts';
import { awsInTreeFallbacks, awsInTreeWords } from '../words/aws-in-tree.ts';

/** The annotation that requests a Network Load Balancer. */
const asNetwork = {
  annotation: 'service.beta.kubernetes.io/aws-load-balancer-type',
  values: /^(?:nlb|nlb-ip|external)$/,
};

/**
 * AWS's in-tree controller. It creates a Classic Load Balancer, or a Network Load Balancer if the annotation
 * aws-load-balancer-type requests one.
 */
export const awsInTree: LoadBalancer = {
  id: 'aws-in-tree',
  title: "AWS's own cloud controller",
  matchers: [],
  classes: [],
  defaultScheme: 'public',
  internal: { annotations: { 'service.beta.kubernetes.io/aws-load-balancer-internal': 'true' } },
  public: { annotations: {} },
  schemeAnnotations: [awsInternal],
  healthCheck: {
    scope: 'shared',
    overriddenBy: 'service.beta.kubernetes.io/aws-load-balancer-healthcheck-port',
    eachWith: { ...asNetwork, value: 'nlb' },
    httpProbe: awsHttpProbe,
  },
  limits: [
    {
      ports: 100,
      what: 'listeners of a Classic Load Balancer',
      limitKind: 'quota',
      source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-limits.html',
    },
    { ...networkListeners, where: asNetwork },
  ],
  eventExplanations: explanations(() => [...awsReadings(), ...awsInTreeWords()]),
  fallbackExplanations: awsInTreeFallbacks,
  sources: ['https://github.com/kubernetes/cloud-provider-aws/blob/master/pkg/providers/v1/aws.go'],
  unverified: [],
  tried: 'read',
};
