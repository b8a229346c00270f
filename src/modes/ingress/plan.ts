import type { HTTPIngressPath, Ingress } from 'kubernetes-types/networking/v1';
import { ownIssuerAnnotations } from '../../exposure/certificates/cert-manager.ts';
import { ingressAddressOf } from '../../exposure/controllers/ingress-address.ts';
import { nginxAnnotation } from '../../exposure/controllers/known-controllers.ts';
import { isOurs, ownIngressName, ownPortServiceName, portOfOurPortService } from '../../exposure/ownership.ts';
import { authUserAnnotation, limitsCallers, limitsIn } from '../../exposure/plan/access.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import { noChanges, ownMetadata, withMetadata } from '../../exposure/plan/manifest.ts';
import { ownedFieldsOf } from '../../exposure/plan/owned-fields.ts';
import { planService, refuseForeign } from '../../exposure/plan/plan-service.ts';
import type { PortMapping } from '../../exposure/port-mapping.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { type PlannedWrite, removalOf } from '../../snapshot/plan.ts';
import type { ModePlan } from '../port-mode.ts';
import { healthAnnotationsFor, nginxAnnotationsFor } from './app-needs.ts';
import { planAuthSecret } from './auth-secret.ts';
import { refuseHiddenCallers } from './callers-addresses.ts';
import { refuseWithoutController } from './check-controller.ts';
import { refuseUnusableIssuer } from './check-issuer.ts';
import { withAddress } from './host-pattern.ts';
import { judgeClass } from './judge-class.ts';
import { ingressNamed, onlyRedirects, ownIngressesOf, portsOfIngress } from './own-ingresses.ts';
import { planUserNames, portsThatLosePassword, userFor } from './password-users.ts';
import { refusePlainHttp } from './plain-http.ts';
import { planRedirects } from './redirects.ts';
import { type Route, refuseClashes, routesOf, routesWith, rulesOf } from './routes.ts';
import { type IngressSet, setsOf } from './sets.ts';
import { planTls, withoutUnusedIssuer } from './tls.ts';
import { writeIngress } from './write-ingress.ts';

/** With these annotations, the app receives the second group of the regular expression in a path. */
const rewriteAnnotations = { [nginxAnnotation('use-regex')]: 'true', [nginxAnnotation('rewrite-target')]: '/$2' };

/**
 * Annotations that replace defaults of ingress-nginx. The default limits (bodies of 1 MB, 60 s without data) break
 * uploads, websockets and long generations (ingress-nginx docs/user-guide/nginx-configuration/annotations.md). The
 * annotations are written only when the Ingress is created, so later changes by the user stay.
 */
const defaultAnnotations = {
  [nginxAnnotation('proxy-body-size')]: '0',
  [nginxAnnotation('proxy-request-buffering')]: 'off',
  [nginxAnnotation('proxy-read-timeout')]: '3600',
  [nginxAnnotation('proxy-send-timeout')]: '3600',
};

/**
 * Plans a ClusterIP Service for each port, the redirects from `PREFIX` to `PREFIX/`, and one write for the Ingress of each
 * set (see `setsOf`). If a port moves to another set, it is first removed from the Ingress of its old set. An Ingress
 * without ports is deleted. So a port is never open without the limits that the user requested.
 */
export function planIngressMode(view: SnapshotIndex, asked: ExposeRequest): ModePlan {
  const { skyCluster } = asked;
  const own = ownIngressesOf(view, skyCluster);
  const sets = setsOf(own, asked).map((set) => planSet(view, asked, set, own));
  refuseClashes(sets.flatMap(({ routes }) => routes));
  const services = sets.flatMap((set) => set.services);
  const created = new Set(services.filter(({ uid }) => !uid).map(({ manifest }) => manifest.metadata!.name!));
  const wanted = sets.map(({ ingress }) => ingress.manifest as Ingress);
  const secret = planAuthSecret(view, asked, { own, wanted, created });
  return {
    writes: [
      ...services,
      ...secret.writes,
      ...sets.flatMap(({ leaving }) => leaving.writes),
      ...planUserNames(view, asked, own, wanted),
      ...sets.flatMap(({ redirects }) => redirects.writes),
      ...sets.map(({ ingress }) => ingress),
    ],
    removals: [
      ...sets.flatMap(({ redirects }) => redirects.removals),
      ...sets.flatMap(({ leaving }) => leaving.removals),
      // The controller no longer needs the Secret once the Ingresses are written.
      ...secret.removals,
    ],
    warnings: sets.flatMap(({ warnings }) => warnings),
    closedFirst: sets.flatMap(({ leaving }) => leaving.ports),
    withoutPassword: portsThatLosePassword(own, wanted),
  };
}

/** The planned changes for one set of ports. */
interface PlannedSet {
  readonly services: readonly PlannedWrite[];
  readonly ingress: PlannedWrite;
  readonly routes: readonly Route[];
  /** The changes that remove the ports from the Ingresses of other sets. */
  readonly leaving: Pick<ModePlan, 'writes' | 'removals'> & { readonly ports: readonly number[] };
  readonly redirects: Pick<ModePlan, 'writes' | 'removals'>;
  readonly warnings: readonly string[];
}

function planSet(view: SnapshotIndex, all: ExposeRequest, set: IngressSet, own: readonly Ingress[]): PlannedSet {
  const asked = { ...all, ports: set.ports };
  const { skyCluster } = asked;
  const { namespace, nameOnCloud } = skyCluster;
  const name = ownIngressName(nameOnCloud, set.name);
  const live = ingressNamed(view, namespace, name);
  if (live) refuseForeign('Ingress', namespace, name, isOurs(live.metadata));
  const base: Ingress = live ? ownedFieldsOf(live) : { metadata: { name, namespace, ...ownMetadata(skyCluster) } };
  const others = own.filter((each) => each.metadata?.name !== name && !onlyRedirects(each));
  const ports = set.ports.map(({ servicePort }) => servicePort);
  const allPorts = all.ports.map(({ servicePort }) => servicePort);
  const left = others
    .map((each) => ({ ingress: each, moving: portsOfIngress(each).filter((port) => ports.includes(port)) }))
    .filter(({ moving }) => moving.length > 0);
  const className = asked.ingressClass ?? base.spec?.ingressClassName ?? classOf(left) ?? 'nginx';
  const host = withAddress(asked.host, () => addressOfClass(view, className));
  const request = { ...asked, host };
  const elsewhere = others.flatMap((each) => routesOf(each.spec?.rules ?? []));
  const moved = elsewhere.filter(({ port }) => ports.includes(port));
  const staying = elsewhere.filter(({ port }) => !allPorts.includes(port));
  // A requested port of another set leaves this Ingress.
  const present = routesOf(base.spec?.rules ?? []).filter(
    ({ port }) => ports.includes(port) || !allPorts.includes(port),
  );
  const routes = routesWith([...present, ...moved], request, staying, allPorts.length === 1);
  const ofLeft = annotationsOfLeft(left);
  const limits = set.limits ?? limitsIn(live?.metadata?.annotations);
  const changedAnnotations = withMetadata({ metadata: { annotations: limits } }, request.annotations, noChanges);
  const judged = { routes, limits: limitsIn(changedAnnotations.metadata?.annotations) };
  const { readsNginxAnnotations, controller, warnings } = judgeClass(view, className, judged, request);
  if (set.limits) refuseHiddenCallers(view, className, request);
  const services = request.ports.map((port) => {
    const route = routes.find((each) => each.port === port.servicePort)!;
    return planPortService(view, request, port, healthAnnotationsFor(request.appNeeds, controller, route));
  });
  if (!live) refuseWithoutController(view, className, request);
  const doubts = refuseUnusableIssuer(view, request);
  const leftIngresses = left.map((each) => each.ingress);
  const { tls, annotations: kept } = planTls(base, leftIngresses, routes, request);
  const user = userFor(own, request, limits);
  const annotations = {
    ...(live ? {} : readsNginxAnnotations ? defaultAnnotations : controller?.clusterIpAnnotations),
    ...ofLeft,
    ...kept,
    ...(readsNginxAnnotations ? rewriteAnnotations : {}),
    ...(readsNginxAnnotations && request.appNeeds ? nginxAnnotationsFor(request.appNeeds) : {}),
    ...set.limits,
    ...(user !== undefined && { [authUserAnnotation]: user }),
  };
  const wanted: Ingress = {
    ...base,
    metadata: { ...base.metadata, annotations },
    spec: {
      ingressClassName: className,
      rules: rulesOf(routes, nameOnCloud, readsNginxAnnotations),
      ...(tls.length > 0 ? { tls: [...tls] } : {}),
    },
  };
  const manifest = withMetadata(wanted, request.annotations, request.labels);
  refusePlainHttp(manifest, own, request);
  const created = new Set(services.map((write) => write.manifest.metadata!.name!));
  const ingress = writeIngress(view, {
    manifest,
    live,
    base,
    ports: routes.map(({ port }) => port),
    skyCluster: nameOnCloud,
    created,
  });
  const redirects = planRedirects(view, request, {
    ...{ routes, className, tls, readsNginxAnnotations, created },
    moving: moved.map(({ port }) => port),
    annotations: { ...annotationsOfOthers(live, base), ...manifest.metadata?.annotations },
  });
  const isEmptied = ({ ingress: each, moving }: Left) => moving.length === portsOfIngress(each).length;
  const yields = true as const;
  const leaving = {
    ports: moved.map(({ port }) => port),
    writes: left
      .filter((each) => !isEmptied(each))
      .map((each) => ({ ...planIngressWithout(view, each.ingress, nameOnCloud, each.moving), yields })),
    removals: left.filter(isEmptied).map((each) => ({ ...removalOf('Ingress', each.ingress), yields })),
  };
  return { services, ingress, routes, leaving, redirects, warnings: [...warnings, ...doubts] };
}

/** Whether an annotation does not move with a port: limits, the user name, and the issuer, which `planTls` decides. */
function staysBehind(key: string): boolean {
  return limitsCallers(key) || key === authUserAnnotation || ownIssuerAnnotations.includes(key);
}

/** One of our Ingresses, and the requested ports that leave it. */
interface Left {
  readonly ingress: Ingress;
  readonly moving: readonly number[];
}

/**
 * The annotations that this plugin owns on the Ingresses that the ports leave, except their limits. The app behind a port
 * needs the same settings in its new Ingress.
 */
function annotationsOfLeft(left: readonly Left[]): Record<string, string> {
  const owned = left.flatMap(({ ingress }) => Object.entries(ownedFieldsOf(ingress).metadata?.annotations ?? {}));
  return Object.fromEntries(owned.filter(([key]) => !staysBehind(key)));
}

function planPortService(
  view: SnapshotIndex,
  { skyCluster, allNodes, labels, closesAt }: ExposeRequest,
  port: PortMapping,
  annotations: Readonly<Record<string, string>>,
) {
  const name = ownPortServiceName(skyCluster.nameOnCloud, port.servicePort);
  const live = view.services.get(`${skyCluster.namespace}/${name}`);
  // In this mode, --annotation is for the Ingress. In the Service behind a path, controllers read at most annotations
  // for health checks.
  const wanted = {
    name,
    type: 'ClusterIP',
    skyCluster,
    ports: [port],
    allNodes,
    annotations: { ...noChanges, set: annotations },
    labels,
    closesAt,
  } as const;
  return planService(wanted, live);
}

/** The annotations of the live Ingress that this plugin does not own. They stay after the write. */
function annotationsOfOthers(live: Ingress | undefined, base: Ingress): Record<string, string> {
  const owned = base.metadata?.annotations ?? {};
  return Object.fromEntries(
    Object.entries(live?.metadata?.annotations ?? {}).filter(([key]) => !Object.hasOwn(owned, key)),
  );
}

function classOf(left: readonly Left[]): string | undefined {
  return left[0]?.ingress.spec?.ingressClassName;
}

/** Plans one of our Ingresses without some of its ports. The paths of other ports do not change. */
export function planIngressWithout(
  view: SnapshotIndex,
  live: Ingress,
  nameOnCloud: string,
  ports: readonly number[],
): PlannedWrite {
  const base = ownedFieldsOf(live);
  const isClosing = (path: HTTPIngressPath) =>
    ports.includes(portOfOurPortService(path.backend.service?.name ?? '') ?? -1);
  const rules = (base.spec?.rules ?? []).flatMap(({ http, ...rule }) => {
    const paths = (http?.paths ?? []).filter((path) => !isClosing(path));
    return paths.length > 0 ? [{ ...rule, http: { paths } }] : [];
  });
  const { tls: present = [], ...spec } = base.spec ?? {};
  const hosts = new Set(rules.map(({ host }) => host));
  const tls = present.filter(({ hosts: covered = [] }) => covered.some((host) => hosts.has(host)));
  const manifest = withoutUnusedIssuer(base, { ...base, spec: { ...spec, rules, ...(tls.length > 0 ? { tls } : {}) } });
  const left = portsOfIngress(manifest);
  return writeIngress(view, { manifest, live, base, ports: left, skyCluster: nameOnCloud, created: new Set() });
}

/** The first address where an Ingress of this class would answer. */
function addressOfClass(view: SnapshotIndex, ingressClassName: string): string | undefined {
  return ingressAddressOf(view, { spec: { ingressClassName } }).addresses[0];
}
