import { command, cure } from '../../errors/cure.ts';
import { type LoadBalancer, matcher } from '../platform.ts';

const source = 'https://docs.cilium.io/en/stable/network/lb-ipam/';

export const cilium: LoadBalancer = {
  id: 'cilium',
  title: 'Cilium LB IPAM',
  matchers: [
    matcher('customResource', /^CiliumLoadBalancerIPPool /),
    matcher('condition', /^(?:cilium\.io\/IPAMRequestSatisfied|io\.cilium\/lb-ipam-request-satisfied)$/),
    matcher('serviceAnnotation', /^(?:lbipam\.cilium\.io|io\.cilium)\//),
    matcher('loadBalancerClass', /^io\.cilium\//),
  ],
  classes: ['io.cilium/l2-announcer', 'io.cilium/bgp-control-plane', 'io.cilium/node'],
  defaultScheme: 'pool',
  internal: null,
  public: null,
  instead: 'its addresses are those of its pools: choose one by --address-pool NAME',
  pools: { by: 'labels', topic: 'ciliumPools' },
  staticIp: { annotation: 'lbipam.cilium.io/ips' },
  supportsNoNodePorts: true,
  yields: 'install Cilium with defaultLBServiceIPAM=none; it then leaves every Service without its class alone',
  healthCheck: { scope: 'none' },
  limits: [],
  eventExplanations: [
    {
      reason: /^no_pool$/,
      message: /CIDR containing/,
      cause: 'no pool has the address that it asks for',
      advice: 'ask for an address of a pool',
      look: cure(command`kubectl get ciliumloadbalancerippools -o yaml`, 'shows the pools and their serviceSelector'),
      source,
    },
    {
      reason: /^pool_selector_mismatch$/,
      cause: 'the pool that has the address which it asks for does not take this Service',
      advice:
        'ask for an address of another pool, or give the Service the labels of that one (--address-pool of expose does)',
      source,
    },
    {
      reason: /^already_allocated$/,
      cause: 'the address that it asks for is given to another Service',
      advice: 'ask for another address',
      source,
    },
    {
      reason: /^no_pool$/,
      cause: 'no pool of Cilium takes this Service',
      advice: 'give the Service the labels that a pool selects (--address-pool of expose does)',
      look: cure(command`kubectl get ciliumloadbalancerippools -o yaml`, 'shows the pools and their serviceSelector'),
      source,
    },
    {
      reason: /^out_of_ips$/,
      cause: 'every address of the pools that take it is given away',
      advice: 'widen a pool, or unexpose what is no longer needed',
      look: cure(command`kubectl get ciliumloadbalancerippools`, 'shows how many addresses are left'),
      source,
    },
    {
      reason: /^already_allocated_incompatible_service$/,
      cause: 'the address that it asks for belongs to a Service that does not share it',
      advice: 'ask for another address, or give both Services the same sharing key (lbipam.cilium.io/sharing-key)',
      source,
    },
  ],
  failureConditions: { 'cilium.io/IPAMRequestSatisfied': 'False', 'io.cilium/lb-ipam-request-satisfied': 'False' },
  sources: [source],
  unverified: ['the class of its BGP control plane'],
  tried: 'read',
};
