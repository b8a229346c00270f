import type { PortMode } from '../port-mode.ts';
import { clusterIpEndpoints } from './list.ts';

/** A ClusterIP Service of another owner. It is listed and never written. */
export const clusterip: PortMode = {
  name: 'clusterip',
  aliases: ['cluster'],
  serviceType: 'ClusterIP',
  recordsPorts: true,
  calledFrom: 'kubernetes-cluster',
  answeredBy: 'app',
  firewallAdvice: undefined,
  list: clusterIpEndpoints,
};
