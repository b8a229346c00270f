import type { Service } from 'kubernetes-types/core/v1';
import { cure } from '../../errors/cure.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { allPlatforms } from '../all-platforms.ts';
import { detectPlatforms } from '../detect.ts';
import { excludeLabel, isExcluded, unlabelCommand } from '../excluded-nodes.ts';
import { implementationOf } from '../implementation.ts';
import type { LoadBalancer } from '../platform.ts';
import { type Announced, type Announcement, isLocal } from './announcement.ts';

/**
 * The finalizer of Kubernetes' service controller. Every cloud controller contains this controller
 * (k8s.io/cloud-provider, service/helpers).
 */
export const byServiceController = 'service.kubernetes.io/load-balancer-cleanup';

/**
 * Reports that a cloud's load balancer uses none of the nodes that could serve the Service. Kubernetes' service
 * controller leaves out nodes with the label exclude-from-external-load-balancers (k8s.io/cloud-provider,
 * controllers/service). With externalTrafficPolicy Local, only nodes with a ready Pod pass the health check. Undefined
 * for a load balancer that is not from a cloud.
 */
export function cloudAnnouncement({ service, readyNodes }: Announced, snapshot: Snapshot): Announcement | undefined {
  const { nodes } = snapshot.topics;
  const cloud = cloudOf(service, snapshot);
  if (!cloud || !nodes.observed || nodes.cutOff || nodes.items.length === 0) return undefined;
  if (readyNodes?.size === 0) return {};
  const serving = nodes.items.filter(
    ({ metadata }) => !isLocal(service) || (readyNodes?.has(metadata?.name ?? '') ?? true),
  );
  if (serving.length === 0 || !serving.every(isExcluded)) return {};
  const names = serving.map(({ metadata }) => metadata?.name ?? '');
  const which = isLocal(service) ? 'every node with a ready Pod of it (externalTrafficPolicy Local)' : 'every node';
  return {
    by: cloud.title,
    silence: {
      cause: `${which} is left out of load balancers by its label ${excludeLabel}`,
      cures: [cure(unlabelCommand(names.slice(0, 5)), 'puts the nodes behind the load balancer')],
      objects: names.map((name) => ({ kind: 'Node', namespace: '', name })),
      isOfLocalPolicy: isLocal(service) && serving.length < nodes.items.length,
      isSure: true,
    },
  };
}

function cloudOf(service: Service, snapshot: Snapshot): LoadBalancer | undefined {
  if (!(service.metadata?.finalizers ?? []).includes(byServiceController)) return undefined;
  const loadBalancer = implementationOf(service, detectPlatforms(snapshot));
  return loadBalancer && isOfCloud(loadBalancer) ? loadBalancer : undefined;
}

/** Whether a cloud's own controller creates the load balancer, with nodes as its targets. */
export function isOfCloud(loadBalancer: LoadBalancer): boolean {
  if (loadBalancer.sharesNodePorts || loadBalancer.isLocalOnly) return false;
  return loadBalancer.id === 'aws-in-tree' || allPlatforms.some((each) => each.loadBalancer === loadBalancer);
}
