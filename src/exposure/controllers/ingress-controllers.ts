import type { Service, ServicePort } from 'kubernetes-types/core/v1';
import { controllerService } from '../../skypilot/names.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { selects } from '../../snapshot/selector.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { itemsOf, type Observation } from '../../snapshot/topics.ts';

/** An ingress controller product, and how to recognize its IngressClass and its Service. */
export interface IngressController {
  readonly product: string;
  /** `spec.controller` of its IngressClass. */
  readonly controller: string;
  /** Well-known labels of its Service, as its own manifests and charts set them. One matching set is enough. */
  readonly serviceLabels: readonly Readonly<Record<string, string>>[];
  /** Whether it reads `nginx.ingress.kubernetes.io/*`, which is needed to rewrite a path. */
  readonly readsNginxAnnotations: boolean;
  /** The path that it answers with 200 on its web ports for every host; undefined if it has none. */
  readonly healthPath?: string;
}

/**
 * Sources: ingress-nginx deploy/static and the RKE2 chart (same product, other chart name); the Traefik chart;
 * F5's nginx-ingress chart, which reads `nginx.org/*` annotations instead.
 */
export const ingressControllers: readonly IngressController[] = [
  {
    product: 'ingress-nginx',
    controller: 'k8s.io/ingress-nginx',
    serviceLabels: [
      { 'app.kubernetes.io/name': 'ingress-nginx', 'app.kubernetes.io/component': 'controller' },
      { 'app.kubernetes.io/name': 'rke2-ingress-nginx', 'app.kubernetes.io/component': 'controller' },
    ],
    readsNginxAnnotations: true,
    healthPath: '/healthz',
  },
  {
    product: 'Traefik',
    controller: 'traefik.io/ingress-controller',
    serviceLabels: [{ 'app.kubernetes.io/name': 'traefik' }],
    readsNginxAnnotations: false,
  },
  {
    product: "F5's NGINX Ingress Controller",
    controller: 'nginx.org/ingress-controller',
    serviceLabels: [{ 'app.kubernetes.io/name': 'nginx-ingress' }],
    readsNginxAnnotations: false,
  },
];

/** Label selector that matches the Services of all known controllers in one list request. */
export const controllerServiceSelector = `app.kubernetes.io/name in (${[
  ...new Set(
    ingressControllers.flatMap(({ serviceLabels }) => serviceLabels.map((each) => each['app.kubernetes.io/name']!)),
  ),
].join(',')})`;

/** The product of an IngressClass's `spec.controller`; undefined if it is unknown. */
export function controllerNamed(controller: string | undefined): IngressController | undefined {
  return ingressControllers.find((each) => each.controller === controller);
}

/** All Services of ingress controllers, from every list that has some. */
export function controllerServicesIn({ namespace, topics }: Snapshot): Observation<Service> {
  const { services, controllerServices, ingressNginxServices } = topics;
  if (namespace === null) return onlyControllers(services, itemsOf(services));
  if (!controllerServices.observed && !ingressNginxServices.observed) return controllerServices;
  const both = [controllerServices, ingressNginxServices].flatMap(itemsOf);
  const byKey = new Map(both.map((service) => [keyOf(service), service]));
  return onlyControllers(controllerServices.observed ? controllerServices : ingressNginxServices, [...byKey.values()]);
}

function onlyControllers(seen: Observation<Service>, services: readonly Service[]): Observation<Service> {
  if (!seen.observed) return seen;
  return { ...seen, items: services.filter((service) => isControllerService(service, undefined)) };
}

/** Admission and metrics Services have the controller's labels too, so the Service also needs web ports. */
export function isControllerService(service: Service, controller: string | undefined): boolean {
  const { http, https } = webPortsOf(service);
  if (!http && !https) return false;
  if (isSkyPilots(service)) return controller === undefined || controller === 'k8s.io/ingress-nginx';
  return ingressControllers
    .filter((each) => controller === undefined || each.controller === controller)
    .some(({ serviceLabels }) => serviceLabels.some((labels) => selects(labels, service.metadata?.labels)));
}

/** The product whose labels a Service has; undefined if it is unknown. */
export function productOf(service: Service): IngressController | undefined {
  return ingressControllers.find(({ serviceLabels }) =>
    serviceLabels.some((labels) => selects(labels, service.metadata?.labels)),
  );
}

/** The ports of a controller's Service that callers use, by name or by number. */
export function webPortsOf(service: Service): { http: ServicePort | undefined; https: ServicePort | undefined } {
  const ports = service.spec?.ports ?? [];
  return {
    http: ports.find(({ name, port }) => name === 'http' || port === 80),
    https: ports.find((each) => each.name === 'https' || (each.port === 443 && !isWebhook(each))),
  };
}

/** `NAMESPACE/NAME` of the Service that SkyPilot reads. */
export const skyPilotsKey = `${controllerService.namespace}/${controllerService.name}`;

export function isSkyPilots(service: Service): boolean {
  return keyOf(service) === skyPilotsKey;
}

/** Whether it is the admission Service's port 443, as in ingress-nginx's manifests (deploy/static). */
function isWebhook({ name, targetPort }: ServicePort): boolean {
  return name === 'https-webhook' || targetPort === 'webhook';
}
