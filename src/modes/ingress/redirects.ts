import type { IngressClass, IngressTLS } from 'kubernetes-types/networking/v1';
import { chooseControllerService } from '../../exposure/controllers/controller-service.ts';
import { nginxAnnotation } from '../../exposure/controllers/known-controllers.ts';
import { isOurs, ownPortServiceName, ownRedirectName, redirectAnnotation } from '../../exposure/ownership.ts';
import { limitsCallers } from '../../exposure/plan/access.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import { noChanges, ownMetadata, withMetadata } from '../../exposure/plan/manifest.ts';
import { ownedFieldsOf } from '../../exposure/plan/owned-fields.ts';
import { refuseForeign } from '../../exposure/plan/plan-service.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { compareVersions } from '../../platforms/ingress-nginx-releases.ts';
import { type PlannedRemoval, type PlannedWrite, removalOf } from '../../snapshot/plan.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { ingressNamed, onlyRedirects } from './own-ingresses.ts';
import { redirectPathOf } from './paths.ts';
import { needsNoRewrite, type Route, tlsFor } from './routes.ts';
import { writeIngress } from './write-ingress.ts';

/** The routes of one Ingress after the request, for which redirects are planned. */
export interface RedirectsWanted {
  readonly routes: readonly Route[];
  readonly className: string;
  readonly tls: readonly IngressTLS[];
  readonly readsNginxAnnotations: boolean;
  /** The annotations that the Ingress of the routes will have, also those of other owners. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The names of the Services that the plan writes. */
  readonly created: ReadonlySet<string>;
  /**
   * The ports that move to another Ingress, because their limits change. Their redirects are first removed. Otherwise, a
   * redirect would keep the old limits if the server refused its change.
   */
  readonly moving: readonly number[];
}

/**
 * Plans the Ingresses that redirect callers of `PREFIX` to `PREFIX/`. Without the final slash, relative links in the
 * app's page lead out of the prefix. Only ports whose app does not receive the prefix have a redirect.
 *
 * Each redirect needs its own Ingress, because the annotation with the target applies to a whole Ingress. One Ingress
 * with a variable in the target is not possible: ingress-nginx 1.12 and later refuse it.
 */
export function planRedirects(
  view: SnapshotIndex,
  request: ExposeRequest,
  wanted: RedirectsWanted,
): { readonly writes: readonly PlannedWrite[]; readonly removals: readonly PlannedRemoval[] } {
  const { namespace, nameOnCloud } = request.skyCluster;
  const isRedirected = (route: Route) => wanted.readsNginxAnnotations && !needsNoRewrite(route);
  const redirectOf = ({ port }: Route) => ingressNamed(view, namespace, ownRedirectName(nameOnCloud, port)) ?? [];
  const isMoving = ({ port }: Route) => wanted.moving.includes(port);
  const replaced = wanted.routes.filter((route) => isRedirected(route) && isMoving(route)).flatMap(redirectOf);
  const unwanted = wanted.routes
    .filter((route) => !isRedirected(route))
    .flatMap(redirectOf)
    .filter(onlyRedirects);
  return {
    writes: wanted.routes.filter(isRedirected).map((route) => planRedirect(view, request, { ...wanted, route })),
    removals: [
      ...replaced.filter(onlyRedirects).map((each) => ({ ...removalOf('Ingress', each), yields: true as const })),
      ...unwanted.map((each) => removalOf('Ingress', each)),
    ],
  };
}

function planRedirect(
  view: SnapshotIndex,
  { skyCluster, labels }: ExposeRequest,
  { route, className, tls, created, moving, annotations: followed }: RedirectsWanted & { readonly route: Route },
): PlannedWrite {
  const { namespace, nameOnCloud } = skyCluster;
  const name = ownRedirectName(nameOnCloud, route.port);
  const present = ingressNamed(view, namespace, name);
  if (present) refuseForeign('Ingress', namespace, name, isOurs(present.metadata));
  const live = moving.includes(route.port) ? undefined : present;
  const base = live ? ownedFieldsOf(live) : { metadata: { name, namespace, ...ownMetadata(skyCluster) } };
  const { host, port } = route;
  const ownTls = tlsFor([route], tls);
  const kept = Object.entries(base.metadata?.annotations ?? {}).filter(([key]) => !limitsCallers(key));
  const annotations = {
    ...Object.fromEntries([...kept, ...Object.entries(followed).filter(([key]) => limitsCallers(key))]),
    ...annotationsOf(route, keepsQuery(view, className)),
  };
  const backend = { service: { name: ownPortServiceName(nameOnCloud, port), port: { number: port } } };
  const paths = [{ path: redirectPathOf(route), pathType: 'ImplementationSpecific', backend }];
  const manifest = {
    ...base,
    metadata: { ...base.metadata, annotations },
    spec: {
      ingressClassName: className,
      rules: [{ ...(host !== undefined && { host }), http: { paths } }],
      ...(ownTls.length > 0 && { tls: ownTls }),
    },
  };
  const changed = withMetadata(manifest, noChanges, labels);
  const write = writeIngress(view, { manifest: changed, live, base, ports: [port], skyCluster: nameOnCloud, created });
  return { ...write, optional: `a call of ${route.prefix} without a final slash is not redirected` };
}

/**
 * The annotations of a redirect. Its target is relative, so scheme, host and port stay, even if a load balancer ends
 * TLS. nginx does not change a target that begins without a slash (nginx src/http/ngx_http_header_filter_module.c).
 * Status 307 keeps method and body, and is not cached.
 *
 * Traefik's nginx provider does not redirect a call with a query. `rewrite-target` is for such a call: the app receives
 * `/`, as without the redirect. Tested on Traefik 3.7.15.
 */
function annotationsOf({ prefix }: Route, withQuery: boolean): Record<string, string> {
  const target = `${prefix.slice(prefix.lastIndexOf('/') + 1)}/`;
  return {
    [redirectAnnotation]: 'true',
    [nginxAnnotation('use-regex')]: 'true',
    [nginxAnnotation('rewrite-target')]: '/',
    [nginxAnnotation('permanent-redirect')]: withQuery ? `${target}$is_args$args` : target,
    [nginxAnnotation('permanent-redirect-code')]: '307',
  };
}

/**
 * Whether the controller of a class accepts a variable in `permanent-redirect`, which keeps the query of the call.
 * Since 1.12, ingress-nginx validates annotations by default, and refuses `$` (ingress-nginx
 * changelog/controller-1.12.0.md, `--enable-annotation-validation`; internal/ingress/annotations/redirect). Its version
 * is on its Service, if it was installed with its manifests or chart.
 */
function keepsQuery(view: SnapshotIndex, className: string): boolean {
  const found: IngressClass | undefined = itemsOf(view.snapshot.topics.ingressClasses).find(
    ({ metadata }) => metadata?.name === className,
  );
  const choice = chooseControllerService(view, found, []);
  const version = choice.is === 'found' ? choice.service.metadata?.labels?.['app.kubernetes.io/version'] : undefined;
  const release = /^v?(\d+\.\d+\.\d+)/.exec(version ?? '')?.[1];
  return release !== undefined && compareVersions(release, '1.12.0') < 0;
}
