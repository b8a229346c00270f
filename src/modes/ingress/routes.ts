import type { HTTPIngressPath, Ingress, IngressRule, IngressTLS } from 'kubernetes-types/networking/v1';
import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { ownPortServiceName, portOfOurPortService } from '../../exposure/ownership.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import type { PlannedWrite } from '../../snapshot/plan.ts';
import { hostNameOf, isPerPort } from './host-pattern.ts';
import { onlyRedirects } from './own-ingresses.ts';
import { type PathShape, pathShapeOf, regexPathOf } from './paths.ts';

/** The host and path at which our Ingress serves one Service port. */
export interface Route extends PathShape {
  readonly port: number;
  /** The host of the route; undefined matches every host. */
  readonly host: string | undefined;
}

/** The routes in the rules of our Ingress. */
export function routesOf(rules: readonly IngressRule[]): Route[] {
  return rules.flatMap(({ host, http }) =>
    (http?.paths ?? []).flatMap(({ path = '/', backend }) => {
      const port = portOfOurPortService(backend.service?.name ?? '');
      return port === undefined ? [] : { port, host, ...pathShapeOf(path) };
    }),
  );
}

/** The routes of the planned Ingresses. An Ingress that only redirects has none. */
export function routesInWrites(writes: readonly PlannedWrite[]): Route[] {
  return writes.flatMap(({ kind, manifest }) => {
    const serves = kind === 'Ingress' && !onlyRedirects(manifest as Ingress);
    return serves ? routesOf((manifest as Ingress).spec?.rules ?? []) : [];
  });
}

/**
 * The existing routes, together with the requested ones. A new port gets the defaults. In an existing route, only the
 * options that the user set are changed.
 *
 * @param elsewhere routes of our other Ingresses; no requested port may have the same host and path
 * @param isOnlyPort whether the user named only one port
 * @throws UsageError if two ports would have the same host and path, or if a port would get every path of every host
 */
export function routesWith(
  present: readonly Route[],
  request: ExposeRequest,
  elsewhere: readonly Route[] = [],
  isOnlyPort = request.ports.length === 1,
): Route[] {
  const routes = new Map(present.map((route) => [route.port, route]));
  for (const { servicePort } of request.ports) {
    const base = routes.get(servicePort) ?? defaultRoute(servicePort, request, isOnlyPort);
    const host = hostOf(servicePort, request, base.host);
    // Without a host, the root would match every path of every host. So a port without a host gets the usual prefix.
    const usual = base.prefix === '' && !host ? usualPrefix(servicePort, request) : base.prefix;
    const kept = isPerPort(request.host) ? '' : usual;
    routes.set(servicePort, {
      port: servicePort,
      host,
      prefix: request.path ?? kept,
      rewrite: request.rewrite ?? base.rewrite,
    });
    if (request.path === '' && !host && !request.force) refuseEverything(servicePort);
  }
  for (const { servicePort } of request.ports) refuseUnsuited(routes.get(servicePort)!, request);
  const sorted = [...routes.values()].sort((a, b) => a.port - b.port);
  refuseClashes([...elsewhere, ...sorted]);
  return sorted;
}

function defaultRoute(port: number, request: ExposeRequest, isOnlyPort: boolean): Route {
  const ownHost = request.host && isOnlyPort;
  return { port, host: hostOf(port, request), prefix: ownHost ? '' : usualPrefix(port, request), rewrite: 'strip' };
}

/**
 * The host of a port.
 *
 * @param present the port's existing host, which stays if the user names none
 */
function hostOf(port: number, { host, skyCluster }: ExposeRequest, present?: string): string | undefined {
  if (host === undefined) return present;
  return host === '' ? undefined : hostNameOf(host, { port, skyCluster });
}

/**
 * The prefix of a port if the user names none. It differs from SkyPilot's prefix. If it were the same, SkyPilot's next
 * launch would fail, because the webhook of ingress-nginx refuses duplicate paths.
 */
export function usualPrefix(
  port: number,
  { skyCluster }: { readonly skyCluster: Pick<SkyCluster, 'namespace' | 'nameOnCloud'> },
): string {
  return `/skyports/${skyCluster.namespace}/${skyCluster.nameOnCloud}/${port}`;
}

/** Refuses a route if the named app does not work with its host and path. */
function refuseUnsuited({ prefix, rewrite, port }: Route, { appNeeds, force }: ExposeRequest): void {
  if (!appNeeds || prefix === '' || appNeeds.rewrites.includes(rewrite) || force) return;
  const { title, rewrites } = appNeeds;
  const ownHost = [
    advice(
      `add --host '{port}-{cluster}.example.com' to give port ${port} its own host; its DNS entry has to lead to the ingress controller`,
    ),
    advice(
      "or add --host '{port}-{cluster}.{address}.sslip.io', which needs no DNS entry of your own; the public DNS service sslip.io learns the name",
    ),
  ];
  if (rewrites.length === 0) {
    throw new UsageError('app-needs-host', `${title} does not work below a path: it needs its own host`, [
      ...ownHost,
      advice('or use another mode, such as --mode loadbalancer'),
    ]);
  }
  throw new UsageError('app-needs-other-rewrite', `${title} does not work with --rewrite ${rewrite}`, [
    advice(`leave --rewrite out, or use --rewrite ${rewrites[0]}`),
    ...ownHost,
  ]);
}

function refuseEverything(port: number): never {
  throw new UsageError(
    'path-takes-everything',
    `--path / without a host would lead every path of every host to port ${port}`,
    [advice('add --host app.example.com to give the port its own host, or name a longer path')],
  );
}

/**
 * Refuses two ports with the same host and path. After two calls of `expose` at the same time, one port may be in two
 * Ingresses: the next plan for this port removes one of them.
 *
 * @throws UsageError
 */
export function refuseClashes(routes: readonly Route[]): void {
  const places = new Map<string, Route>();
  for (const route of routes) {
    const place = `${route.host ?? ''}${route.prefix || '/'}`;
    const other = places.get(place);
    if (other && other.port !== route.port) {
      throw new UsageError(
        'ports-at-one-place',
        `ports ${other.port} and ${route.port} would both answer at ${route.host ?? 'any host'}${route.prefix || '/'}`,
        [advice(`give port ${route.port} another place with --path or --host`)],
      );
    }
    places.set(place, route);
  }
}

/** The rules of our Ingress, one for each host, in the order of the routes. */
export function rulesOf(routes: readonly Route[], nameOnCloud: string, readsNginxAnnotations: boolean): IngressRule[] {
  const hosts = [...new Set(routes.map(({ host }) => host))];
  return hosts.map((host) => ({
    ...(host === undefined ? {} : { host }),
    http: {
      paths: routes
        .filter((route) => route.host === host)
        .map((route) => pathOf(route, nameOnCloud, readsNginxAnnotations)),
    },
  }));
}

function pathOf(route: Route, nameOnCloud: string, readsNginxAnnotations: boolean): HTTPIngressPath {
  const backend = { service: { name: ownPortServiceName(nameOnCloud, route.port), port: { number: route.port } } };
  if (readsNginxAnnotations) return { path: regexPathOf(route), pathType: 'ImplementationSpecific', backend };
  return { path: route.prefix || '/', pathType: 'Prefix', backend };
}

/** Whether the app receives the path as the caller typed it. If so, no annotation is needed. */
export function needsNoRewrite({ prefix, rewrite }: Route): boolean {
  return prefix === '' || rewrite === 'keep';
}

/** The TLS entries of hosts that still have a route. */
export function tlsFor(routes: readonly Route[], tls: readonly IngressTLS[]): IngressTLS[] {
  const hosts = new Set(routes.map(({ host }) => host));
  return tls.filter(({ hosts: covered = [] }) => covered.some((host) => hosts.has(host)));
}
