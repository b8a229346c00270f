import { advice, command, cure, part } from '../../errors/cure.ts';
import { explanations, type LoadBalancer, matcher } from '../platform.ts';

const source = 'https://docs.cilium.io/en/stable/network/lb-ipam/';
// The function setSVCSatisfiedCondition in this file contains the reasons of the conditions.
const lbIpam = 'https://github.com/cilium/cilium/blob/main/operator/pkg/lbipam/lbipam.go';

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
  alternative: 'its addresses are those of its pools: choose one by --address-pool NAME',
  pools: { by: 'labels', topic: 'ciliumPools' },
  staticIp: { annotation: 'lbipam.cilium.io/ips' },
  supportsNoNodePorts: true,
  yields: advice(
    'install Cilium with defaultLBServiceIPAM=none; it then leaves every Service without its class alone. Where a cloud installs Cilium, as AKS does, delete its CiliumLoadBalancerIPPools: without one it gives no addresses',
  ),
  healthCheck: { scope: 'none' },
  limits: [],
  eventExplanations: explanations(() => [
    {
      reason: /^no_pool$/,
      message: /CIDR containing/,
      cause: 'no pool has the address that it asks for',
      advice: 'IP is an address of a pool',
      flags: part`--static-ip IP`,
      look: cure(command`kubectl get ciliumloadbalancerippools -o yaml`, 'shows the pools and their serviceSelector'),
      source: lbIpam,
    },
    {
      reason: /^pool_selector_mismatch$/,
      cause: 'the pool that has the address which it asks for does not take this Service',
      advice: 'POOL is the pool with that address: the Service gets the labels that it selects',
      flags: part`--address-pool POOL`,
      source: lbIpam,
    },
    {
      reason: /^already_allocated$/,
      cause: 'the address that it asks for is given to another Service',
      advice: 'IP is a free address',
      flags: part`--static-ip IP`,
      source: lbIpam,
    },
    {
      reason: /^no_pool$/,
      cause: 'no pool of Cilium takes this Service',
      advice: 'POOL is a pool: the Service gets the labels that it selects',
      flags: part`--address-pool POOL`,
      look: cure(command`kubectl get ciliumloadbalancerippools -o yaml`, 'shows the pools and their serviceSelector'),
      source: lbIpam,
    },
    {
      reason: /^out_of_ips$/,
      cause: 'every address of the pools that take it is given away',
      advice: 'widen a pool, or unexpose what is no longer needed',
      look: cure(command`kubectl get ciliumloadbalancerippools`, 'shows how many addresses are left'),
      source: lbIpam,
    },
    {
      reason: /^already_allocated_incompatible_service$/,
      cause: 'the address that it asks for belongs to a Service that does not share it',
      advice: 'IP is a free address; or give both Services the same sharing key (lbipam.cilium.io/sharing-key)',
      flags: part`--static-ip IP`,
      source: lbIpam,
    },
  ]),
  failureConditions: { 'cilium.io/IPAMRequestSatisfied': 'False', 'io.cilium/lb-ipam-request-satisfied': 'False' },
  sources: [source],
  unverified: ['the class of its BGP control plane'],
  tried: 'read',
};
