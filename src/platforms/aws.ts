import { command, cure, part } from '../errors/cure.ts';
import { explanations, type Limit, type SchemeAnnotation } from './platform.ts';

const subnets =
  'https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/docs/deploy/subnet_discovery.md';

/** Explanations of events and conditions that several AWS controllers write. */
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

/** The annotations for HTTP probes. All AWS controllers read them. */
export const awsHttpProbe = {
  protocol: 'service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol',
  path: 'service.beta.kubernetes.io/aws-load-balancer-healthcheck-path',
  statuses: 'service.beta.kubernetes.io/aws-load-balancer-healthcheck-success-codes',
};

/** The limit of a Network Load Balancer. It is the same for all AWS controllers. */
export const networkListeners: Limit = {
  ports: 50,
  what: 'listeners of a Network Load Balancer',
  limitKind: 'hard',
  source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html',
};

/**
 * The annotation for an internal load balancer. For AWS's in-tree controller, every value except `false` means true.
 * The AWS Load Balancer Controller also reads this annotation.
 */
export const awsInternal: SchemeAnnotation = {
  annotation: 'service.beta.kubernetes.io/aws-load-balancer-internal',
  internal: /^(?!false$)./,
};

/** The annotation that sets the scheme. The AWS Load Balancer Controller and EKS Auto Mode read it. */
export const awsScheme: SchemeAnnotation = {
  annotation: 'service.beta.kubernetes.io/aws-load-balancer-scheme',
  internal: /^internal$/,
  public: /^internet-facing$/,
};

/** The errors of a call that AWS refuses (EC2 and Elastic Load Balancing API references, common errors). */
export const awsRefusal = /AccessDenied|UnauthorizedOperation|is not authorized to perform/;
