import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress, IngressTLS } from 'kubernetes-types/networking/v1';
import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { mustNotExist, type PlannedWrite } from '../../snapshot/plan.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { controllerNamed } from '../ingress-controllers.ts';
import { isOurs, ownIngressName, ownPortServiceName } from '../ownership.ts';
import type { View } from '../view.ts';
import { refuseWithoutController } from './check-controller.ts';
import type { ExposeRequest } from './expose-request.ts';
import { noChanges, ownMetadata, withMetadata } from './manifest.ts';
import { ownedFieldsOf } from './owned-fields.ts';
import { planService, refuseForeign } from './plan-service.ts';
import { needsNoRewrite, type Route, routesOf, routesWith, rulesOf } from './routes.ts';
import { sameValue } from './same-value.ts';

const nginx = (key: string): string => `nginx.ingress.kubernetes.io/${key}`;

/** What makes our paths work: the second group of each is what the app sees. */
const rewriteAnnotations = { [nginx('use-regex')]: 'true', [nginx('rewrite-target')]: '/$2' };

/**
 * ingress-nginx's defaults (1 MB bodies, 60 s of silence) break uploads, websockets and long generations
 * (nginx-configuration/annotations.md). Written once, at creation: what the user changes later stays.
 */
const defaultAnnotations = {
  [nginx('proxy-body-size')]: '0',
  [nginx('proxy-request-buffering')]: 'off',
  [nginx('proxy-read-timeout')]: '3600',
  [nginx('proxy-send-timeout')]: '3600',
};

/** Plans a ClusterIP Service for each port, then one Ingress for all of them: one write, one reload of the controller. */
export function planIngressMode(view: View, request: ExposeRequest): { writes: PlannedWrite[]; warnings: string[] } {
  const { skyCluster } = request;
  const { namespace, nameOnCloud } = skyCluster;
  const services = request.ports.map((port) => {
    const name = ownPortServiceName(nameOnCloud, port.servicePort);
    const live = view.services.get(`${namespace}/${name}`);
    const { allNodes, labels } = request;
    // --annotation is for the Ingress here: controllers read nothing from a backend's Service.
    const wanted = {
      name,
      type: 'ClusterIP',
      skyCluster,
      ports: [port],
      allNodes,
      annotations: noChanges,
      labels,
    } as const;
    return planService(wanted, live);
  });
  const name = ownIngressName(nameOnCloud);
  const live = ingressNamed(view, namespace, name);
  if (live) refuseForeign('Ingress', namespace, name, isOurs(live.metadata));
  const base: Ingress = live ? ownedFieldsOf(live) : { metadata: { name, namespace, ...ownMetadata(skyCluster) } };
  const className = request.ingressClass ?? base.spec?.ingressClassName ?? 'nginx';
  const routes = routesWith(routesOf(base.spec?.rules ?? []), request);
  const { readsNginxAnnotations, warnings } = judgeClass(view, className, routes, request);
  if (!live) refuseWithoutController(view, className, request);
  const tls = tlsFor(routes, tlsWith(base.spec?.tls ?? [], request));
  const annotations = {
    ...(live ? {} : readsNginxAnnotations ? defaultAnnotations : {}),
    ...base.metadata?.annotations,
    ...(readsNginxAnnotations ? rewriteAnnotations : {}),
  };
  const wanted: Ingress = {
    ...base,
    metadata: { ...base.metadata, annotations },
    spec: {
      ingressClassName: className,
      rules: rulesOf(routes, nameOnCloud, readsNginxAnnotations),
      ...(tls.length > 0 ? { tls } : {}),
    },
  };
  const manifest = withMetadata(wanted, request.annotations, request.labels);
  const created = new Set(services.map((write) => write.manifest.metadata!.name!));
  const ingress = writeIngress(view, { manifest, live, base, routes, skyCluster: nameOnCloud, created });
  return { writes: [...services, ingress], warnings };
}

/** Plans our Ingress without some of its ports. */
export function planIngressWithout(
  view: View,
  live: Ingress,
  nameOnCloud: string,
  ports: readonly number[],
): PlannedWrite {
  const base = ownedFieldsOf(live);
  const routes = routesOf(base.spec?.rules ?? []).filter(({ port }) => !ports.includes(port));
  const tls = tlsFor(routes, base.spec?.tls ?? []);
  const plain = base.spec?.rules?.[0]?.http?.paths[0]?.pathType === 'Prefix';
  const { tls: _, ...spec } = base.spec ?? {};
  const rules = rulesOf(routes, nameOnCloud, !plain);
  const manifest = { ...base, spec: { ...spec, rules, ...(tls.length > 0 ? { tls } : {}) } };
  return writeIngress(view, { manifest, live, base, routes, skyCluster: nameOnCloud, created: new Set() });
}

/** The Ingress of a name; undefined when it is not there, or when Ingresses may not be seen. */
export function ingressNamed(view: View, namespace: string, name: string): Ingress | undefined {
  return itemsOf(view.snapshot.topics.ingresses).find(
    ({ metadata }) => metadata?.namespace === namespace && metadata.name === name,
  );
}

interface IngressWrite {
  readonly manifest: Ingress;
  readonly live: Ingress | undefined;
  readonly base: Ingress;
  readonly routes: readonly Route[];
  readonly skyCluster: string;
  /** Names of Services that this plan writes. */
  readonly created: ReadonlySet<string>;
}

function writeIngress(view: View, { manifest, live, base, routes, skyCluster, created }: IngressWrite): PlannedWrite {
  const { ownerReferences = [], ...metadata } = manifest.metadata ?? {};
  const namespace = metadata.namespace ?? '';
  const serviceOf = (name: string): Service | undefined => view.services.get(`${namespace}/${name}`);
  const ownedBy = routes
    .map(({ port }) => ownPortServiceName(skyCluster, port))
    .filter((name) => created.has(name) || serviceOf(name))
    .map((name) => ({ name, uid: serviceOf(name)?.metadata?.uid }));
  const sameOwners = sameValue(
    ownerReferences.map(({ uid }) => uid),
    ownedBy.map(({ name, uid }) => uid ?? name),
  );
  const { ownerReferences: _, ...baseMetadata } = base.metadata ?? {};
  const unchanged = live && sameOwners && sameValue({ ...manifest, metadata }, { ...base, metadata: baseMetadata });
  const resourceVersion = live?.metadata?.resourceVersion ?? mustNotExist;
  const uid = live?.metadata?.uid;
  return {
    kind: 'Ingress',
    manifest: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      ...manifest,
      // As of a Service: an apply without it creates an object again that is gone.
      metadata: { ...metadata, resourceVersion, ...(uid && { uid }) },
    },
    effect: unchanged ? 'unchanged' : live ? 'changed' : 'created',
    ...(uid && { uid }),
    ownedBy,
    ports: routes.map(({ port }) => port),
  };
}

function judgeClass(view: View, className: string, routes: readonly Route[], { force }: ExposeRequest) {
  const { ingressClasses } = view.snapshot.topics;
  if (!ingressClasses.observed) {
    const warning = `ingressclasses were not seen (${ingressClasses.message}): class ${className} is taken for ingress-nginx's`;
    return { readsNginxAnnotations: true, warnings: [warning] };
  }
  const found = ingressClasses.items.find(({ metadata }) => metadata?.name === className);
  if (!found && !force) {
    const names = ingressClasses.items.map(({ metadata }) => metadata?.name);
    throw new UsageError(
      'unknown-ingress-class',
      `IngressClass ${className} does not exist${names.length > 0 ? `; there is ${names.join(', ')}` : ', nor does any other: no ingress controller is installed'}`,
      [
        advice(
          names.length > 0 ? `add --ingress-class ${names[0]}` : 'add --mode loadbalancer or --mode nodeport instead',
        ),
      ],
    );
  }
  const controller = found?.spec?.controller;
  const rewrites = !routes.every(needsNoRewrite);
  const readsNginxAnnotations =
    !found || controllerNamed(controller)?.readsNginxAnnotations === true || (force && rewrites);
  if (!readsNginxAnnotations && rewrites) {
    const product = controllerNamed(controller)?.product;
    throw new UsageError(
      'controller-cannot-rewrite',
      `IngressClass ${className} belongs to ${product ?? controller}, which ${product ? 'does not read nginx annotations, so it cannot' : 'may not read nginx annotations, and without them it cannot'} take the path prefix away`,
      [
        advice('add --host app.example.com to give the port a host of its own'),
        advice('or add --rewrite keep to let the app see the whole path'),
        ...(product ? [] : [advice('or add --force if it is an ingress-nginx')]),
      ],
    );
  }
  return { readsNginxAnnotations, warnings: [] };
}

/** What covers a host that is still there. */
function tlsFor(routes: readonly Route[], tls: readonly IngressTLS[]): IngressTLS[] {
  const hosts = new Set(routes.map(({ host }) => host));
  return tls.filter(({ hosts: covered = [] }) => covered.some((host) => hosts.has(host)));
}

function tlsWith(present: readonly IngressTLS[], { host, tlsSecret }: ExposeRequest): IngressTLS[] {
  if (tlsSecret === undefined || !host) return [...present];
  const others = present.filter(({ hosts = [] }) => !hosts.includes(host));
  return tlsSecret === '' ? others : [...others, { hosts: [host], secretName: tlsSecret }];
}
