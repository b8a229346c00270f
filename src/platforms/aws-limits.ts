import type { Limit } from './platform.ts';

/** Of a Network Load Balancer, whichever controller makes it. */
export const networkListeners: Limit = {
  ports: 50,
  what: 'listeners of a Network Load Balancer',
  beyond: 'refused',
  source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html',
};
