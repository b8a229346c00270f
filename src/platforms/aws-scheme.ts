import type { SchemeWord } from './platform.ts';

/** AWS's own cloud controller takes any value but these for a yes; the AWS Load Balancer Controller reads it, too. */
export const awsInternal: SchemeWord = {
  annotation: 'service.beta.kubernetes.io/aws-load-balancer-internal',
  internal: /^(?!false$)./,
};

/** Of the AWS Load Balancer Controller and EKS Auto Mode. */
export const awsScheme: SchemeWord = {
  annotation: 'service.beta.kubernetes.io/aws-load-balancer-scheme',
  internal: /^internal$/,
  public: /^internet-facing$/,
};
