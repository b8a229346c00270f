import type { Service } from 'kubernetes-types/core/v1';
import { keyOf } from '../snapshot/object-reference.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import { type Detection, detectPlatforms } from './detect.ts';

/** Why a Service would wait for an address in vain. */
export interface Absence {
  readonly cause: string;
  readonly advice: string;
  /** Whether that is certain; else it may only look so. */
  readonly isSure: boolean;
}

/**
 * That nothing gives Services addresses here, as far as was seen; undefined where something does, and where too little was
 * seen to say so.
 */
export function nothingGivesAddresses(snapshot: Snapshot): Absence | undefined {
  const detection = detectPlatforms(snapshot);
  if (detection.loadBalancers.some(({ what }) => what.id === 'minikube-tunnel')) {
    return {
      cause: 'minikube gives addresses only while its tunnel runs',
      advice: 'run minikube tunnel on your machine and leave it running',
      isSure: false,
    };
  }
  if (detection.loadBalancers.length > 0 || !isSeen(snapshot)) return undefined;
  return nothing(detection);
}

/** Whether enough was seen to say that there is nothing. */
export function isSeen({ topics }: Snapshot): boolean {
  return topics.nodes.observed && topics.apiGroups.observed && topics.loadBalancerPods.observed;
}

/** That no load balancer which was seen is known to serve a class; undefined where one is, or none was seen. */
export function nobodyServesClass(loadBalancerClass: string, snapshot: Snapshot): Absence | undefined {
  const { loadBalancers } = detectPlatforms(snapshot);
  if (loadBalancers.length === 0) return undefined;
  if (loadBalancers.some(({ what }) => what.classes.includes(loadBalancerClass))) return undefined;
  const titles = loadBalancers.map(({ what }) => what.title).join(', ');
  return {
    cause: `what was seen here (${titles}) is not known to serve that`,
    advice: 'Kubernetes does not let a class be changed: unexpose, then expose without --load-balancer-class',
    isSure: false,
  };
}

/** That MetalLB has no pool, of which it says nothing itself. */
export function noPool(snapshot: Snapshot): Absence | undefined {
  const { addressPools } = snapshot.topics;
  const hasMetallb = detectPlatforms(snapshot).loadBalancers.some(({ what }) => what.id === 'metallb');
  if (!hasMetallb || !addressPools.observed || addressPools.items.length > 0) return undefined;
  return {
    cause: 'MetalLB is there and has no IPAddressPool, so it has nothing to give',
    advice: 'make an IPAddressPool and an L2Advertisement: https://metallb.io/configuration/',
    isSure: true,
  };
}

function nothing({ platforms }: Detection): Absence {
  const platform = platforms.find(({ what }) => what.without !== undefined)?.what;
  return {
    cause: `nothing that was seen here gives Services addresses${platform ? ` (${platform.title})` : ''}`,
    advice: platform?.without ?? 'install MetalLB, or take another mode',
    isSure: platform !== undefined,
  };
}

/**
 * That ServiceLB has given a port of the nodes to another Service; undefined where it has not, and where something else
 * gives addresses, too. Only Services that were seen count.
 *
 * Source: https://github.com/k3s-io/k3s/blob/main/pkg/cloudprovider/servicelb.go (a DaemonSet with hostPorts a Service).
 */
export function portTaken(service: Service, snapshot: Snapshot): Absence | undefined {
  const { loadBalancers } = detectPlatforms(snapshot);
  if (loadBalancers.length !== 1 || loadBalancers[0]!.what.id !== 'servicelb') return undefined;
  const ports = (service.spec?.ports ?? []).map(({ port }) => port);
  for (const other of itemsOf(snapshot.topics.services)) {
    if (other.spec?.type !== 'LoadBalancer' || keyOf(other) === keyOf(service)) continue;
    if ((other.status?.loadBalancer?.ingress ?? []).length === 0) continue;
    const taken = (other.spec.ports ?? []).find(({ port }) => ports.includes(port));
    if (!taken) continue;
    return {
      cause: `port ${taken.port} of the nodes is taken by Service ${keyOf(other)}: ServiceLB gives each to one Service`,
      advice: `open another Service port, such as ${taken.port + 1}:${taken.targetPort ?? taken.port}`,
      isSure: false,
    };
  }
  return undefined;
}
