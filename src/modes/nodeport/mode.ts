import { ownNodePortName } from '../../exposure/ownership.ts';
import { closeService, planOwnService } from '../own-service.ts';
import type { WrittenPortMode } from '../port-mode.ts';
import { nodePortEndpoints, nodesIfNeeded } from './list.ts';

/** A Service of type NodePort: the ports are open on every node. SkyPilot does not have this mode. */
export const nodeport: WrittenPortMode = {
  name: 'nodeport',
  aliases: ['np'],
  skyPilotPorts: undefined,
  serviceType: 'NodePort',
  topics: ['services'],
  recordsPorts: true,
  calledFrom: 'anywhere',
  answeredBy: 'app',
  firewallAdvice: 'open the nodePort in the firewall or security group of the nodes',
  flags: [],
  refusedFlags: {},
  mostPorts: 1000,
  needsNodes: true,
  takesLoadBalancer: false,
  note: undefined,
  limitAdvice: 'add a firewall rule on the nodes to limit who can connect',
  list: nodePortEndpoints,
  further: nodesIfNeeded,
  possible({ topics: { nodes } }) {
    if (!nodes.observed) return { possible: 'cannot tell', because: 'nodes may not be seen' };
    const addresses = nodes.items.some(({ status }) => (status?.addresses ?? []).length > 0);
    return addresses ? { possible: 'yes', because: '' } : { possible: 'no', because: 'no node has an address' };
  },
  plan: (view, request) =>
    planOwnService(view, request, { name: ownNodePortName(request.skyCluster.nameOnCloud), type: 'NodePort' }),
  close: (view, request) => closeService(view, request, ownNodePortName(request.skyCluster.nameOnCloud)),
};
