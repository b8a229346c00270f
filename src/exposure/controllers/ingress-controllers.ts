import type { Service, ServicePort } from 'kubernetes-types/core/v1';
import { controllerService } from '../../skypilot/names.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { selects } from '../../snapshot/selector.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { itemsOf, type Observation } from '../../snapshot/topics.ts';
import { type IngressController, ingressControllers, ingressNginxController } from './known-controllers.ts';

/** The values of the label `app.kubernetes.io/name` of all known controllers. */
export const workloadsOfControllers: readonly string[] = [
  ...new Set(
    ingressControllers.flatMap(({ serviceLabels }) =>
      serviceLabels.flatMap((each) => each['app.kubernetes.io/name'] ?? []),
    ),
  ),
];

/** The label selector for the Services of all known controllers, so that one list request is enough. */
export const controllerServiceSelector = `app.kubernetes.io/name in (${workloadsOfControllers.join(',')})`;

/** The product with this `spec.controller` in its IngressClass; undefined if it is not a known product. */
export function controllerNamed(controller: string | undefined): IngressController | undefined {
  if (controller === undefined) return undefined;
  return ingressControllers.find(
    (each) => each.controller === controller || each.alsoControllers?.test(controller) === true,
  );
}

/**
 * The product that serves Ingresses with this value of the old annotation `kubernetes.io/ingress.class`, even without
 * an IngressClass.
 */
export function controllerOfClassName(name: string | undefined): IngressController | undefined {
  return name === undefined ? undefined : ingressControllers.find(({ classNames }) => classNames.includes(name));
}

/** The Services of ingress controllers, from all topics that can contain them. */
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

/**
 * Whether a Service belongs to an ingress controller. It must have web ports, because Services for admission and
 * metrics have the same labels.
 */
export function isControllerService(service: Service, controller: string | undefined): boolean {
  const { http, https } = webPortsOf(service);
  if (!http && !https) return false;
  if (isSkyPilots(service)) return controller === undefined || controller === ingressNginxController;
  return ingressControllers
    .filter((each) => controller === undefined || each.controller === controller)
    .some((each) => isServiceOf(service, each));
}

/** The product whose labels a Service has; undefined if it has the labels of no known product. */
export function productOf(service: Service): IngressController | undefined {
  return ingressControllers.find((each) => isServiceOf(service, each));
}

/**
 * Whether a Service has the labels of a product, or selects Pods with these labels. For example, only the Pods of
 * Kong's gateway have its component label.
 */
function isServiceOf({ metadata, spec }: Service, { serviceLabels }: IngressController): boolean {
  return serviceLabels.some((labels) => selects(labels, metadata?.labels) || selects(labels, spec?.selector));
}

/** The http and https ports of a controller's Service. They are recognized by name or by number. */
export function webPortsOf(service: Service): { http: ServicePort | undefined; https: ServicePort | undefined } {
  const ports = service.spec?.ports ?? [];
  return {
    http: ports.find(({ name, port }) => name === 'http' || port === 80),
    https: ports.find((each) => each.name === 'https' || (each.port === 443 && !isWebhook(each))),
  };
}

/** `NAMESPACE/NAME` of the ingress controller Service that SkyPilot reads. */
export const skyPilotsKey = `${controllerService.namespace}/${controllerService.name}`;

export function isSkyPilots(service: Service): boolean {
  return keyOf(service) === skyPilotsKey;
}

/** Whether a port leads to an admission webhook. The names are those in ingress-nginx's manifests (deploy/static). */
function isWebhook({ name, targetPort }: ServicePort): boolean {
  return name === 'https-webhook' || targetPort === 'webhook';
}
