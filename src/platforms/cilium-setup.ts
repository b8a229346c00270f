import { type Cure, cure } from '../errors/cure.ts';
import { applyCommand } from './manifest-command.ts';

/**
 * A command that creates a pool for every Service, and announces the addresses of the pool by ARP. Source:
 * https://docs.cilium.io/en/stable/network/lb-ipam/
 */
export const ciliumPoolCure: Cure = cure(
  applyCommand(
    {
      apiVersion: 'cilium.io/v2alpha1',
      kind: 'CiliumLoadBalancerIPPool',
      metadata: { name: 'default' },
      spec: { blocks: [{ cidr: 'CIDR' }] },
    },
    {
      apiVersion: 'cilium.io/v2alpha1',
      kind: 'CiliumL2AnnouncementPolicy',
      metadata: { name: 'default' },
      spec: { loadBalancerIPs: true },
    },
  ),
  'makes a pool and announces it by ARP, where Cilium runs with l2announcements.enabled; CIDR is a range of unused addresses of the network of the nodes',
);
