import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { ExposedPortMode } from '../port-mode.ts';
import { podIpEndpoints } from './list.ts';

/** The head Pod's own address. `expose` prints it and writes nothing. */
export const podip: ExposedPortMode = {
  name: 'podip',
  aliases: ['pod', 'ip'],
  skyPilotPorts: 'podip',
  serviceType: undefined,
  recordsPorts: false,
  calledFrom: 'kubernetes-cluster',
  answeredBy: 'app',
  firewallAdvice: undefined,
  flags: [],
  refusedFlags: { 'all-nodes': 'it prints the head Pod' },
  mostPorts: 1000,
  needsNodes: false,
  note: 'a Pod IP can be called only from where the Pod network reaches: other Pods, the nodes, or a network routed to them',
  list: podIpEndpoints,
  possible: () => ({ possible: 'yes', because: 'for callers that reach the Pod network' }),
  refuse({ ports }) {
    const mapped = ports.find(({ servicePort, targetPort }) => servicePort !== targetPort);
    if (!mapped) return;
    throw new UsageError(
      'no-mapping-in-podip-mode',
      `in podip mode callers dial the Pod itself: ${mapped.servicePort}:${mapped.targetPort} cannot be mapped`,
      [
        advice(`write ${mapped.targetPort}`),
        advice('or add --mode loadbalancer, --mode ingress or --mode nodeport, which map ports'),
      ],
    );
  },
};
