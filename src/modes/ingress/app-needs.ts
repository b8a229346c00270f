import type { IngressController } from '../../exposure/controllers/known-controllers.ts';
import type { AppNeeds } from '../../exposure/plan/expose-request.ts';
import type { Route } from './routes.ts';

const nginx = (key: string): string => `nginx.ingress.kubernetes.io/${key}`;

/**
 * The annotations that an app needs on its Ingress, for controllers that read nginx annotations. The user has named the
 * app, so these annotations replace existing values. The defaults for a new Ingress replace nothing.
 */
export function nginxAnnotationsFor({ largeBodies, longConnections, streams }: AppNeeds): Record<string, string> {
  return {
    ...(largeBodies && { [nginx('proxy-body-size')]: '0', [nginx('proxy-request-buffering')]: 'off' }),
    ...(longConnections && { [nginx('proxy-read-timeout')]: '3600', [nginx('proxy-send-timeout')]: '3600' }),
    ...(streams && { [nginx('proxy-buffering')]: 'off' }),
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
