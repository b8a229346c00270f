import type { Event, Service } from 'kubernetes-types/core/v1';
import type { Owner } from '../../exposure/endpoint.ts';
import { waitsForAddress } from '../../exposure/external-addresses.ts';
import { mappingOf, type PortMapping } from '../../exposure/port-mapping.ts';
import { allModes } from '../../modes/all-modes.ts';
import { ownerOfService } from '../../modes/service-ports.ts';
import { concernsLoadBalancer } from '../../platforms/bystanders.ts';
import { detectPlatforms } from '../../platforms/detect.ts';
import { implementationOf } from '../../platforms/implementation.ts';
import type { LoadBalancer } from '../../platforms/platform.ts';
import { isInternalServiceName, kindContext } from '../../skypilot/names.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import { warningsAbout } from '../../snapshot/last-warning.ts';
import { itemsOf, type Observation, type Topic } from '../../snapshot/topics.ts';
import { type CheckContext, subjectKey } from '../check-context.ts';
import { secondsBetween } from '../format.ts';
import { asksForNamed } from './handler.ts';

/** A Service that opens ports of a SkyPilot cluster. */
export interface ExposingService {
  readonly service: Service;
  readonly skyCluster: SkyCluster;
  readonly owner: Owner;
  /** The Service ports to check, and their Pod ports. */
  readonly ports: readonly PortMapping[];
}

/**
 * The Services of the checked SkyPilot clusters that have at least one checked port. SkyPilot's own head and worker
 * Services are left out. If two checks read the same lists, they share the result.
 */
export function exposingServices(scene: Pick<CheckContext, 'view' | 'subject'>): readonly ExposingService[] {
  const { view, subject } = scene;
  const { services, pods, ingresses } = view.snapshot.topics;
  const key = `exposing Services ${subjectKey(subject)}`;
  return view.shared(key, [services, pods, ingresses], () => findExposing(scene));
}

function findExposing({ view, subject }: Pick<CheckContext, 'view' | 'subject'>): ExposingService[] {
  const { skyCluster: named, ports: wanted, mode } = subject;
  return itemsOf(view.snapshot.topics.services).flatMap((service) => {
    if (mode && (service.spec?.type ?? 'ClusterIP') !== allModes[mode].serviceType) return [];
    const ports = (service.spec?.ports ?? []).filter(({ port }) => !wanted || wanted.includes(port));
    if (ports.length === 0) return [];
    return view
      .skyClustersOf(service)
      .filter(
        ({ namespace, nameOnCloud }) =>
          !isInternalServiceName(service.metadata?.name ?? '', nameOnCloud) &&
          (!named || (named.namespace === namespace && named.nameOnCloud === nameOnCloud)),
      )
      .map((skyCluster) => ({
        service,
        skyCluster,
        owner: ownerOfService(service),
        ports: ports.map((port) => mappingOf(port, skyCluster)),
      }));
  });
}

/** The topics from which platforms and load balancers are detected. */
export const platformTopics = [
  'nodes',
  'serverVersion',
  'apiGroups',
  'webhooks',
  'loadBalancerPods',
  'ciliumPools',
  'serviceLbPods',
] as const satisfies readonly Topic[];

/** A Service of type LoadBalancer, and the implementation of its load balancer. */
export interface KnownLoadBalancer extends ExposingService {
  readonly loadBalancer: LoadBalancer;
}

/** The load balancers of the SkyPilot clusters to check, if their implementation is known. */
export function knownLoadBalancers(scene: Pick<CheckContext, 'view' | 'subject'>): KnownLoadBalancer[] {
  const detection = detectPlatforms(scene.view.snapshot);
  return exposingServices(scene).flatMap((each) => {
    if (each.service.spec?.type !== 'LoadBalancer') return [];
    const loadBalancer = implementationOf(each.service, detection);
    return loadBalancer ? [{ ...each, loadBalancer }] : [];
  });
}

/**
 * Seconds. Clouds take minutes to create a load balancer. A younger load balancer without a warning counts as in
 * progress.
 */
export const patienceSeconds = 5 * 60;

/** A Service of type LoadBalancer without an address, and its age in seconds. */
export interface PendingLoadBalancer extends ExposingService {
  readonly ageSeconds: number | undefined;
}

/**
 * The checked load balancers that wait for an address. SkyPilot's own load balancers on `kind-skypilot` are left out,
 * because they may never get an address.
 */
export function pendingLoadBalancers(
  scene: Pick<CheckContext, 'view' | 'subject' | 'context' | 'takenAt'>,
): PendingLoadBalancer[] {
  return exposingServices(scene)
    .filter(({ service }) => waitsForAddress(service))
    .filter(({ owner }) => !(owner === 'skypilot' && scene.context === kindContext))
    .map((each) => ({
      ...each,
      ageSeconds: secondsBetween(each.service.metadata?.creationTimestamp, scene.takenAt),
    }));
}

/** Whether a load balancer is so young that it may still be in progress. */
export function isYoung({ ageSeconds }: Pick<PendingLoadBalancer, 'ageSeconds'>): boolean {
  return ageSeconds !== undefined && ageSeconds < patienceSeconds;
}

/**
 * Whether a controller handles the Service. There are several signs: a finalizer, a condition, a warning event that
 * may concern its load balancer, or an annotation that requests a load balancer by name.
 */
export function isHandled(service: Service, events: Observation<Event>): boolean {
  const { metadata, status } = service;
  const isTouched = (metadata?.finalizers ?? []).length > 0 || (status?.conditions ?? []).length > 0;
  return isTouched || asksForNamed(service) || warningsAbout(events, 'Service', service).some(concernsLoadBalancer);
}
