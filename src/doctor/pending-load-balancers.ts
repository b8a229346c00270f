import { externalAddressesOf } from '../exposure/external-addresses.ts';
import { kindContext } from '../skypilot/names.ts';
import { type ExposingService, exposingServices } from './exposing-services.ts';
import type { Scene } from './scene.ts';
import { secondsBetween } from './words.ts';

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
    .filter(({ service }) => service.spec?.type === 'LoadBalancer' && externalAddressesOf(service).length === 0)
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
