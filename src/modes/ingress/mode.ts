import type { WrittenPortMode } from '../port-mode.ts';
import { closeIngressMode } from './close.ts';
import { controllerPodsIfNeeded } from './controller-pods.ts';
import { ingressEndpoints } from './list.ts';
import { planIngressMode } from './plan.ts';

/** A path or host of an ingress controller. */
export const ingress: WrittenPortMode = {
  name: 'ingress',
  aliases: ['ing', 'nginx'],
  skyPilotPorts: 'ingress',
  serviceType: 'ClusterIP',
  topics: ['services', 'ingresses'],
  recordsPorts: true,
  calledFrom: 'anywhere',
  answeredBy: 'controller',
  firewallAdvice:
    'open the port in the firewall or security group of the load balancer and of the nodes, and look at its health check',
  flags: ['ingress-class', 'path', 'rewrite', 'host', 'tls-secret'],
  refusedFlags: {},
  // A Service a port: a range of 65,535 ports would write as many.
  mostPorts: 100,
  needsNodes: false,
  takesLoadBalancer: false,
  note: undefined,
  limitAdvice: 'add --annotation nginx.ingress.kubernetes.io/whitelist-source-range=CIDR to limit who can connect',
  list: ingressEndpoints,
  further: controllerPodsIfNeeded,
  possible: () => ({ possible: 'yes', because: '' }),
  plan: planIngressMode,
  close: closeIngressMode,
};
