import { detectPlatforms } from '../../platforms/detect.ts';
import { makerOf } from '../../platforms/maker.ts';
import type { LoadBalancer } from '../../platforms/platform.ts';
import type { Topic } from '../../snapshot/topics.ts';
import type { Scene } from '../scene.ts';
import { type ExposingService, exposingServices } from './exposing-services.ts';

/** By what platforms and load balancers are told. */
export const platformTopics = [
  'nodes',
  'serverVersion',
  'apiGroups',
  'webhooks',
  'loadBalancerPods',
  'ciliumPools',
  'serviceLbPods',
] as const satisfies readonly Topic[];

/** A Service of type LoadBalancer, and what makes its load balancer. */
export interface KnownLoadBalancer extends ExposingService {
  readonly loadBalancer: LoadBalancer;
}

/** The load balancers in front of the judged SkyPilot clusters, where it is known what makes them. */
export function knownLoadBalancers(scene: Pick<Scene, 'view' | 'subject'>): KnownLoadBalancer[] {
  const detection = detectPlatforms(scene.view.snapshot);
  return exposingServices(scene).flatMap((each) => {
    if (each.service.spec?.type !== 'LoadBalancer') return [];
    const loadBalancer = makerOf(each.service, detection);
    return loadBalancer ? [{ ...each, loadBalancer }] : [];
  });
}
