import { type IngressController, nginxAnnotation } from '../../exposure/controllers/known-controllers.ts';
import type { AppNeeds } from '../../exposure/plan/expose-request.ts';
import type { Route } from './routes.ts';

/**
 * The annotations that an app needs on its Ingress, for controllers that read nginx annotations. The user has named the
 * app, so these annotations replace existing values. The defaults for a new Ingress replace nothing.
 */
export function nginxAnnotationsFor({ largeBodies, longConnections, streams }: AppNeeds): Record<string, string> {
  return {
    ...(largeBodies && {
      [nginxAnnotation('proxy-body-size')]: '0',
      [nginxAnnotation('proxy-request-buffering')]: 'off',
    }),
    ...(longConnections && {
      [nginxAnnotation('proxy-read-timeout')]: '3600',
      [nginxAnnotation('proxy-send-timeout')]: '3600',
    }),
    ...(streams && { [nginxAnnotation('proxy-buffering')]: 'off' }),
  };
}

/**
 * The annotations of the Service behind a route, for controllers whose load balancer calls a path as health check. If
 * the app keeps its prefix, this path is below the prefix.
 */
export function healthAnnotationsFor(
  needs: AppNeeds | undefined,
  controller: IngressController | undefined,
  { prefix, rewrite }: Route,
): Record<string, string> {
  const { healthPathAnnotation } = controller ?? {};
  if (!needs?.healthPath || !healthPathAnnotation) return {};
  return { [healthPathAnnotation]: rewrite === 'keep' ? `${prefix}${needs.healthPath}` : needs.healthPath };
}
