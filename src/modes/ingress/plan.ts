import type { HTTPIngressPath, Ingress } from 'kubernetes-types/networking/v1';
import { advice, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { ingressAddressOf } from '../../exposure/controllers/ingress-address.ts';
import { controllerNamed } from '../../exposure/controllers/ingress-controllers.ts';
import { nginxAnnotation } from '../../exposure/controllers/known-controllers.ts';
import { isOurs, ownIngressName, ownPortServiceName, portOfOurPortService } from '../../exposure/ownership.ts';
import { type ExposeRequest, type IngressSet, usualSet } from '../../exposure/plan/expose-request.ts';
import { noChanges, ownMetadata, withMetadata } from '../../exposure/plan/manifest.ts';
import { ownedFieldsOf } from '../../exposure/plan/owned-fields.ts';
import { planService, refuseForeign } from '../../exposure/plan/plan-service.ts';
import type { PortMapping } from '../../exposure/port-mapping.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { type PlannedWrite, removalOf } from '../../snapshot/plan.ts';
import type { ModePlan } from '../port-mode.ts';
import { healthAnnotationsFor, nginxAnnotationsFor } from './app-needs.ts';
import { refuseWithoutController } from './check-controller.ts';
import { refuseUnusableIssuer } from './check-issuer.ts';
import { withAddress } from './host-pattern.ts';
import { ingressNamed, onlyRedirects, ownIngressesOf, portsOfIngress, setNameOf } from './own-ingresses.ts';
import { planRedirects } from './redirects.ts';
import { needsNoRewrite, type Route, routesOf, routesWith, rulesOf } from './routes.ts';
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
 * Plans a ClusterIP Service for each port, the redirects from `PREFIX` to `PREFIX/`, and one write of the set's
 * Ingress. If a port moves to this set, it is first removed from the Ingress of its old set. An Ingress without ports
 * is deleted.
 */
export function planIngressMode(view: SnapshotIndex, asked: ExposeRequest): ModePlan {
  const { skyCluster } = asked;
  const { namespace, nameOnCloud } = skyCluster;
  const own = ownIngressesOf(view, skyCluster);
  const set = asked.ingressSet ?? setOf(own, asked);
  const name = ownIngressName(nameOnCloud, set.name);
  const live = ingressNamed(view, namespace, name);
  if (live) refuseForeign('Ingress', namespace, name, isOurs(live.metadata));
  const base: Ingress = live ? ownedFieldsOf(live) : { metadata: { name, namespace, ...ownMetadata(skyCluster) } };
  const others = own.filter((each) => each.metadata?.name !== name && !onlyRedirects(each));
  const ports = asked.ports.map(({ servicePort }) => servicePort);
  const left = others.map((each) => ({
    ingress: each,
    moving: portsOfIngress(each).filter((port) => ports.includes(port)),
  }));
  const className =
    asked.ingressClass ??
    base.spec?.ingressClassName ??
    classOf(left.filter(({ moving }) => moving.length > 0)) ??
    'nginx';
  const host = withAddress(asked.host, () => addressOfClass(view, className));
  const request = { ...asked, host };
  const elsewhere = others.flatMap((each) => routesOf(each.spec?.rules ?? []));
  const moved = elsewhere.filter(({ port }) => ports.includes(port));
  const staying = elsewhere.filter(({ port }) => !ports.includes(port));
  const routes = routesWith([...routesOf(base.spec?.rules ?? []), ...moved], request, staying);
  const { readsNginxAnnotations, controller, warnings } = judgeClass(view, className, routes, request);
  const services = request.ports.map((port) => {
    const route = routes.find((each) => each.port === port.servicePort)!;
    return planPortService(view, request, port, healthAnnotationsFor(request.appNeeds, controller, route));
  });
  if (!live) refuseWithoutController(view, className, request);
  const leaving = left.filter(({ moving }) => moving.length > 0);
  const doubts = refuseUnusableIssuer(view, request);
  const { tls, annotations: kept } = planTls(
    base,
    leaving.map(({ ingress }) => ingress),
    routes,
    request,
  );
  const annotations = {
    ...(live ? {} : readsNginxAnnotations ? defaultAnnotations : controller?.clusterIpAnnotations),
    ...kept,
    ...(readsNginxAnnotations ? rewriteAnnotations : {}),
    ...(readsNginxAnnotations && request.appNeeds ? nginxAnnotationsFor(request.appNeeds) : {}),
    ...set.annotations,
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
    annotations: { ...annotationsOfOthers(live, base), ...manifest.metadata?.annotations },
  });
  const isEmptied = ({ ingress: each, moving }: (typeof left)[number]) => moving.length === portsOfIngress(each).length;
  const yields = true as const;
  return {
    writes: [
      ...services,
      ...leaving
        .filter((each) => !isEmptied(each))
        .map((each) => ({ ...planIngressWithout(view, each.ingress, nameOnCloud, each.moving), yields })),
      ...redirects.writes,
      ingress,
    ],
    removals: [
      ...redirects.removals,
      ...leaving.filter(isEmptied).map((each) => ({ ...removalOf('Ingress', each.ingress), yields })),
    ],
    warnings: [...warnings, ...doubts],
  };
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

/** The set that already has all requested ports. If there is none, the usual set. */
function setOf(own: readonly Ingress[], { ports, skyCluster }: ExposeRequest): IngressSet {
  const holding = own.find((each) => {
    const held = portsOfIngress(each);
    return !onlyRedirects(each) && ports.every(({ servicePort }) => held.includes(servicePort));
  });
  return holding ? { name: setNameOf(holding, skyCluster.nameOnCloud), annotations: {} } : usualSet;
}

/** The annotations of the live Ingress that this plugin does not own. They stay after the write. */
function annotationsOfOthers(live: Ingress | undefined, base: Ingress): Record<string, string> {
  const owned = base.metadata?.annotations ?? {};
  return Object.fromEntries(
    Object.entries(live?.metadata?.annotations ?? {}).filter(([key]) => !Object.hasOwn(owned, key)),
  );
}

function classOf(left: readonly { readonly ingress: Ingress }[]): string | undefined {
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

function judgeClass(view: SnapshotIndex, className: string, routes: readonly Route[], { force }: ExposeRequest) {
  const { ingressClasses } = view.snapshot.topics;
  if (!ingressClasses.observed) {
    const warning = `ingressclasses were not seen (${ingressClasses.message}): class ${className} is assumed to be ingress-nginx's`;
    return { readsNginxAnnotations: true, controller: undefined, warnings: [warning] };
  }
  const found = ingressClasses.items.find(({ metadata }) => metadata?.name === className);
  if (!found && !force) {
    const names = ingressClasses.items.map(({ metadata }) => metadata?.name);
    throw new UsageError(
      'unknown-ingress-class',
      `IngressClass ${className} does not exist${names.length > 0 ? `; existing classes: ${names.join(', ')}` : ', nor does any other: no ingress controller is installed'}`,
      [
        advice(
          names.length > 0 ? `add --ingress-class ${names[0]}` : 'add --mode loadbalancer or --mode nodeport instead',
        ),
        ...(names.length > 0
          ? []
          : [cure(command`kubectl skyports doctor --mode ingress`, 'shows how to install a controller')]),
      ],
    );
  }
  const controller = found?.spec?.controller;
  const known = controllerNamed(controller);
  const hostless = routes.find(({ host }) => host === undefined);
  if (known?.withoutHost && hostless && !force) {
    throw new UsageError(
      'controller-needs-host',
      `IngressClass ${className} belongs to ${known.product}: ${known.withoutHost}`,
      [
        advice(`add --host app.example.com to give port ${hostless.port} its own host`),
        advice('or add --force to write the Ingress all the same'),
      ],
    );
  }
  const rewrites = !routes.every(needsNoRewrite);
  const readsNginxAnnotations = !found || known?.readsNginxAnnotations === true || (force && rewrites);
  if (!readsNginxAnnotations && rewrites) {
    const product = known?.product;
    throw new UsageError(
      'controller-cannot-rewrite',
      `IngressClass ${className} belongs to ${product ?? controller}, which ${product ? 'does not read nginx annotations, so it cannot' : 'may not read nginx annotations, and without them it cannot'} take the path prefix away`,
      [
        advice('add --host app.example.com to give the port its own host'),
        advice('or add --rewrite keep to let the app see the whole path'),
        ...(product ? [] : [advice('or add --force if it is an ingress-nginx')]),
      ],
    );
  }
  return { readsNginxAnnotations, controller: known, warnings: [] };
}

/** The first address where an Ingress of this class would answer. */
function addressOfClass(view: SnapshotIndex, ingressClassName: string): string | undefined {
  return ingressAddressOf(view, { spec: { ingressClassName } }).addresses[0];
}
