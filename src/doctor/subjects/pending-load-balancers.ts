import type { Event, Service } from 'kubernetes-types/core/v1';
import { waitsForAddress } from '../../exposure/external-addresses.ts';
import { kindContext } from '../../skypilot/names.ts';
import { lastWarningAbout } from '../../snapshot/last-warning.ts';
import type { Observation } from '../../snapshot/topics.ts';
import type { Scene } from '../scene.ts';
import { secondsBetween } from '../words.ts';
import { type ExposingService, exposingServices } from './exposing-services.ts';

/** Load balancers that are younger and silent are in progress: clouds take minutes to make one. */
export const patienceSeconds = 5 * 60;

/** A Service of type LoadBalancer without an address, and its age in seconds. */
export interface PendingLoadBalancer extends ExposingService {
  readonly ageSeconds: number | undefined;
}

/** The judged load balancers that wait for an address. SkyPilot's own on `kind-skypilot` may wait for ever. */
export function pendingLoadBalancers(
  scene: Pick<Scene, 'view' | 'subject' | 'context' | 'takenAt'>,
): PendingLoadBalancer[] {
  return exposingServices(scene)
    .filter(({ service }) => waitsForAddress(service))
    .filter(({ owner }) => !(owner === 'skypilot' && scene.context === kindContext))
    .map((each) => ({
      ...each,
      ageSeconds: secondsBetween(each.service.metadata?.creationTimestamp, scene.takenAt),
    }));
}

/** Whether it is young enough to be on its way. */
export function isYoung({ ageSeconds }: Pick<PendingLoadBalancer, 'ageSeconds'>): boolean {
  return ageSeconds !== undefined && ageSeconds < patienceSeconds;
}

/** Whoever has said something about it, or holds it by a finalizer, is there. */
export function isHandled(service: Service, events: Observation<Event>): boolean {
  const { metadata, status } = service;
  const isTouched = (metadata?.finalizers ?? []).length > 0 || (status?.conditions ?? []).length > 0;
  return isTouched || lastWarningAbout(events, 'Service', service) !== undefined;
}
