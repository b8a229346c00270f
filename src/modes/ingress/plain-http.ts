import type { Ingress, IngressTLS } from 'kubernetes-types/networking/v1';
import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { nginxAnnotation } from '../../exposure/controllers/known-controllers.ts';
import { limitsIn, passwordSecretOf } from '../../exposure/plan/access.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import { portsOfIngress } from './own-ingresses.ts';
import { type Route, routesOf } from './routes.ts';

/**
 * Refuses a password that callers would send over http. A port that already has its password over http stays as it is.
 *
 * @param own our present Ingresses
 * @throws UsageError
 */
export function refusePlainHttp(wanted: Ingress, own: readonly Ingress[], request: ExposeRequest): void {
  if (request.allowPlainHttp || passwordSecretOf(limitsIn(wanted.metadata?.annotations)) === undefined) return;
  const ports = request.ports.map(({ servicePort }) => servicePort);
  const open = plainPorts(wanted).filter(
    (port) => ports.includes(port) && !own.some((each) => asksOverHttp(each, port)),
  );
  if (open.length === 0) return;
  throw new UsageError(
    'password-over-http',
    `callers of port ${open.join(', ')} would send the password over http: anyone on the way can read it`,
    [
      advice('add --host app.example.com with --tls-secret NAME or --tls-issuer NAME, so that callers use https'),
      advice('or add --allow-plain-http, for example if a load balancer in front of the controller ends TLS'),
    ],
  );
}

function asksOverHttp(ingress: Ingress, port: number): boolean {
  const asks = passwordSecretOf(limitsIn(ingress.metadata?.annotations)) !== undefined;
  return asks && portsOfIngress(ingress).includes(port) && plainPorts(ingress).includes(port);
}

/**
 * The ports that callers can reach over http. With a certificate for the host, the controller redirects calls over http
 * to https, unless an annotation forbids this.
 */
function plainPorts({ metadata, spec }: Ingress): number[] {
  const redirects = metadata?.annotations?.[nginxAnnotation('ssl-redirect')] !== 'false';
  return routesOf(spec?.rules ?? [])
    .filter((route) => !redirects || !isCovered(route, spec?.tls ?? []))
    .map(({ port }) => port);
}

function isCovered({ host }: Route, tls: readonly IngressTLS[]): boolean {
  return host !== undefined && tls.some(({ hosts = [] }) => hosts.includes(host));
}
