import type { Service, ServicePort } from 'kubernetes-types/core/v1';
import type { Ingress, IngressClass } from 'kubernetes-types/networking/v1';
import { controllerService, externalIpAnnotation, kindContext } from '../skypilot/names.ts';
import { keyOf, type ObjectReference, referenceTo } from '../snapshot/object-reference.ts';
import { selects } from '../snapshot/selector.ts';
import { itemsOf, type Observation } from '../snapshot/topics.ts';
import { externalAddressesOf } from './external-addresses.ts';
import { controllerNamed, ingressControllers } from './ingress-controllers.ts';
import { isIpAddress } from './scope.ts';
import type { View } from './view.ts';

/** Where an Ingress can be called. Exactly one of `addresses` (not empty), `unknown`, `broken` and `pending` tells the state. */
export interface IngressAddress {
  readonly addresses: readonly string[];
  /** Ports behind the addresses; a port the controller does not have is undefined. */
  readonly ports: { readonly http?: number | undefined; readonly https?: number | undefined };
  readonly unknown?: string;
  readonly broken?: string;
  readonly pending?: string;
  /** The controller's Service, when it was found. */
  readonly service?: ObjectReference;
}

/** The Services among which a controller's is looked for, seen by whichever list the scope allowed. */
export function controllerCandidates(view: View): Observation<Service> {
  const { services, controllerServices, ingressNginxServices, namedControllerServices: named } = view.snapshot.topics;
  if (view.snapshot.namespace === null) return services;
  if (!controllerServices.observed && !ingressNginxServices.observed && !named.observed) return controllerServices;
  const byKey = new Map<string, Service>();
  for (const service of [controllerServices, ingressNginxServices, named].flatMap(itemsOf)) {
    byKey.set(keyOf(service), service);
  }
  return { observed: true, items: [...byKey.values()], resourceVersion: '', cutOff: false };
}

/** Services as SkyPilot sees them when it asks for its one controller Service. */
export function servicesSkyPilotAsks(view: View): Observation<Service> {
  const { services, ingressNginxServices } = view.snapshot.topics;
  return view.snapshot.namespace === null ? services : ingressNginxServices;
}

/** The IngressClass of an Ingress: the field, the old annotation, or the default class. */
export function ingressClassOf(
  view: View,
  ingress: Ingress,
): { name: string | undefined; class: IngressClass | undefined } {
  const classes = itemsOf(view.snapshot.topics.ingressClasses);
  const name = ingress.spec?.ingressClassName ?? ingress.metadata?.annotations?.['kubernetes.io/ingress.class'];
  const found = classes.find(({ metadata }) =>
    name === undefined
      ? metadata?.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true'
      : metadata?.name === name,
  );
  return { name: name ?? found?.metadata?.name, class: found };
}

/**
 * Finds the address of an Ingress: its IngressClass names the controller, the controller's Service has the address;
 * without one, the Ingress's own status (issue: Part A.4).
 */
export function ingressAddressOf(view: View, ingress: Ingress): IngressAddress {
  const none = { addresses: [], ports: {} };
  const { ingressClasses } = view.snapshot.topics;
  const { name, class: ingressClass } = ingressClassOf(view, ingress);
  if (ingressClasses.observed && !ingressClass && ingress.spec?.ingressClassName) {
    return { ...none, broken: `IngressClass ${name} is not there` };
  }
  const published = statusAddressesOf(ingress);
  const candidates = controllerCandidates(view);
  if (!candidates.observed && published.length === 0) {
    return { ...none, unknown: `services of ingress controllers were not seen (${candidates.message})` };
  }
  const chosen = chooseService(view, itemsOf(candidates), ingressClass, published);
  if (typeof chosen === 'string') return { ...none, unknown: chosen };
  if (!chosen) {
    if (published.length > 0) return { addresses: published, ports: { http: 80, https: 443 } };
    const controller = ingressClass?.spec?.controller ?? `the class ${name ?? '(none)'}`;
    return {
      ...none,
      pending: `no Service of the ingress controller (${controller}) was found, and the Ingress shows no address`,
    };
  }
  return addressAt(view, chosen, published);
}

function addressAt(view: View, service: Service, published: readonly string[]): IngressAddress {
  const reference = referenceTo('Service', service);
  const ports = webPortsOf(service);
  const external = externalAddressesOf(service).map(({ address }) => address);
  if (external.length > 0) {
    return { addresses: external, ports: { http: ports.http?.port, https: ports.https?.port }, service: reference };
  }
  const nodePorts = { http: ports.http?.nodePort, https: ports.https?.nodePort };
  const annotated = service.metadata?.annotations?.[externalIpAnnotation];
  if (annotated && isBareHost(annotated) && nodePorts.http) {
    return { addresses: [annotated], ports: nodePorts, service: reference };
  }
  if (view.snapshot.context === kindContext && nodePorts.http) {
    return { addresses: ['localhost'], ports: nodePorts, service: reference };
  }
  const usable = published.filter((address) => address !== service.spec?.clusterIP);
  if (usable.length > 0) return { addresses: usable, ports: { http: 80, https: 443 }, service: reference };
  const { type = 'ClusterIP' } = service.spec ?? {};
  const pending = `the ingress controller's Service ${keyOf(service)} is of type ${type} and has no external address`;
  return { addresses: [], ports: {}, pending, service: reference };
}

/** One Service, or undefined when there is none, or why none can be chosen. */
function chooseService(
  view: View,
  services: readonly Service[],
  ingressClass: IngressClass | undefined,
  published: readonly string[],
): Service | string | undefined {
  if (view.ingressService) {
    const named = services.find((service) => keyOf(service) === view.ingressService);
    return named ?? `Service ${view.ingressService}, named by --ingress-service, was not found`;
  }
  const known = controllerNamed(ingressClass?.spec?.controller);
  if (ingressClass && !known) return undefined;
  const candidates = services.filter((service) => isControllerService(service, known?.controller));
  const showing = candidates.filter((service) =>
    externalAddressesOf(service).some(({ address }) => published.includes(address)),
  );
  if (showing.length === 1) return showing[0];
  if (candidates.length <= 1) return candidates[0];
  const usual = candidates.find(
    (service) => keyOf(service) === `${controllerService.namespace}/${controllerService.name}`,
  );
  if (usual) return usual;
  const names = candidates.map(keyOf).join(', ');
  return `several ingress controllers could serve it (${names}); name one with --ingress-service NAMESPACE/NAME`;
}

/** Admission and metrics Services carry the controller's labels too: only one with web ports counts. */
function isControllerService(service: Service, controller: string | undefined): boolean {
  const { http, https } = webPortsOf(service);
  if (!http && !https) return false;
  if (keyOf(service) === `${controllerService.namespace}/${controllerService.name}`) {
    return controller === undefined || controller === 'k8s.io/ingress-nginx';
  }
  return ingressControllers
    .filter((each) => controller === undefined || each.controller === controller)
    .some(({ serviceLabels }) => serviceLabels.some((labels) => selects(labels, service.metadata?.labels)));
}

function webPortsOf(service: Service): { http: ServicePort | undefined; https: ServicePort | undefined } {
  const ports = service.spec?.ports ?? [];
  return {
    http: ports.find(({ name, port }) => name === 'http' || port === 80),
    https: ports.find((each) => each.name === 'https' || (each.port === 443 && !isWebhook(each))),
  };
}

/** The admission Service's port 443, as ingress-nginx's manifests write it (deploy/static). */
function isWebhook({ name, targetPort }: ServicePort): boolean {
  return name === 'https-webhook' || targetPort === 'webhook';
}

function statusAddressesOf(ingress: Ingress): string[] {
  const entries = ingress.status?.loadBalancer?.ingress ?? [];
  return entries
    .flatMap(({ ip, hostname }) => [ip, hostname])
    .filter((address) => address !== undefined && address !== '') as string[];
}

/** A bare IPv4 address or host name: what SkyPilot can put into a URL. */
export function isBareHost(text: string): boolean {
  return (isIpAddress(text) && !text.includes(':')) || /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/i.test(text);
}
