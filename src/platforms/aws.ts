import { command, cure, part } from '../errors/cure.ts';
import { explanations, type Limit, type SchemeAnnotation } from './platform.ts';

const subnets =
  'https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/docs/deploy/subnet_discovery.md';

/** Events and conditions of all AWS controllers. */
export const awsReadings = explanations(() => [
  {
    reason: /^(?:FailedBuildModel|SyncLoadBalancerFailed)$/,
    message: /suitable subnets|unable to (?:resolve|discover) at least one subnet|couldn't auto-discover subnets/i,
    cause: 'AWS finds no subnet for it',
    advice:
      'SUBNETS are the ids of subnets with 8 free addresses each; or tag them with kubernetes.io/role/elb=1 for public load balancers, kubernetes.io/role/internal-elb=1 for internal ones',
    flags: part`--annotation service.beta.kubernetes.io/aws-load-balancer-subnets=SUBNETS`,
    source: subnets,
  },
  {
    reason: /^(?:FailedDeployModel|SyncLoadBalancerFailed)$/,
    message: /TooManyLoadBalancers|TooManyTargetGroups|TooManyListeners|RulesPerSecurityGroupLimitExceeded/,
    cause: 'a quota of the AWS account is used up',
    advice: 'delete load balancers that are no longer needed, or have the quota raised',
    look: cure(command`kubectl skyports prune -A`, 'finds load balancers that SkyPilot clusters left behind'),
    source: 'https://github.com/kserve/kserve/issues/2179',
  },
]);

/** The annotations of all AWS controllers about HTTP probes. */
export const awsHttpProbe = {
  protocol: 'service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol',
  path: 'service.beta.kubernetes.io/aws-load-balancer-healthcheck-path',
  statuses: 'service.beta.kubernetes.io/aws-load-balancer-healthcheck-success-codes',
};

/** The limit of a Network Load Balancer, for all controllers. */
export const networkListeners: Limit = {
  ports: 50,
  what: 'listeners of a Network Load Balancer',
  limitKind: 'hard',
  source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html',
};

/** The in-tree AWS controller treats any other value as true. The AWS Load Balancer Controller reads this annotation too. */
export const awsInternal: SchemeAnnotation = {
  annotation: 'service.beta.kubernetes.io/aws-load-balancer-internal',
  internal: /^(?!false$)./,
};

/** The annotation of the AWS Load Balancer Controller and EKS Auto Mode. */
export const awsScheme: SchemeAnnotation = {
  annotation: 'service.beta.kubernetes.io/aws-load-balancer-scheme',
  internal: /^internal$/,
  public: /^internet-facing$/,
};

/** AWS's refusals of a call (EC2 and Elastic Load Balancing API references, common errors). */
export const awsRefusal = /AccessDenied|UnauthorizedOperation|is not authorized to perform/;
