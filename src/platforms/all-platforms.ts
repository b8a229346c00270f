import { aks } from './clouds/aks.ts';
import { alibaba } from './clouds/alibaba.ts';
import { coreweave } from './clouds/coreweave.ts';
import { digitalocean } from './clouds/digitalocean.ts';
import { eks } from './clouds/eks.ts';
import { gke } from './clouds/gke.ts';
import { hetzner } from './clouds/hetzner.ts';
import { ibm } from './clouds/ibm.ts';
import { linode } from './clouds/linode.ts';
import { nebius } from './clouds/nebius.ts';
import { oke } from './clouds/oke.ts';
import { openstack } from './clouds/openstack.ts';
import { scaleway } from './clouds/scaleway.ts';
import { dockerDesktop } from './distributions/docker-desktop.ts';
import { k0s } from './distributions/k0s.ts';
import { k3s } from './distributions/k3s.ts';
import { kind } from './distributions/kind.ts';
import { microk8s } from './distributions/microk8s.ts';
import { minikube } from './distributions/minikube.ts';
import { openshift } from './distributions/openshift.ts';
import { rke2 } from './distributions/rke2.ts';
import { awsInTree } from './load-balancers/aws-in-tree.ts';
import { awsLoadBalancerController } from './load-balancers/aws-load-balancer-controller.ts';
import { cilium } from './load-balancers/cilium.ts';
import { cloudProviderKind } from './load-balancers/cloud-provider-kind.ts';
import { eksAutoMode } from './load-balancers/eks-auto-mode.ts';
import { inlets } from './load-balancers/inlets.ts';
import { kubeVip } from './load-balancers/kube-vip.ts';
import { metallb } from './load-balancers/metallb.ts';
import { minikubeTunnel } from './load-balancers/minikube-tunnel.ts';
import { servicelb } from './load-balancers/servicelb.ts';
import { tailscale } from './load-balancers/tailscale.ts';
import type { LoadBalancer, Platform } from './platform.ts';

/** All platforms: clouds first, then distributions, which run on clouds or on other machines. */
export const allPlatforms: readonly Platform[] = [
  ...[gke, eks, aks, oke, digitalocean, linode, hetzner, scaleway, openstack, alibaba, ibm, nebius, coreweave],
  ...[openshift, k3s, rke2, kind, minikube, microk8s, k0s, dockerDesktop],
];

/** Load balancers that a user installs. They replace a platform's own load balancer, or run in addition to it. */
export const addedLoadBalancers: readonly LoadBalancer[] = [
  ...[awsLoadBalancerController, eksAutoMode, metallb, kubeVip, servicelb, cilium, inlets, tailscale],
  ...[cloudProviderKind, minikubeTunnel, awsInTree],
];

/** All load balancers, without duplicates. */
export const allLoadBalancers: readonly LoadBalancer[] = [
  ...new Set([...addedLoadBalancers, ...allPlatforms.flatMap(({ loadBalancer }) => loadBalancer ?? [])]),
];

/** The open questions about these platforms and load balancers, as notes for the user. Each is one line. */
export function unverifiedOf(all: readonly (LoadBalancer | Platform)[]): string[] {
  const lines = all.flatMap(({ title, unverified }) => unverified.map((fact) => `not verified of ${title}: ${fact}`));
  return [...new Set(lines)];
}

/** The open questions about a load balancer, and about the platforms that include this load balancer. */
export function unverifiedOfLoadBalancer(loadBalancer: LoadBalancer): string[] {
  return unverifiedOf([loadBalancer, ...allPlatforms.filter((each) => each.loadBalancer === loadBalancer)]);
}
