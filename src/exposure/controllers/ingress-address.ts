import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress, IngressClass } from 'kubernetes-types/networking/v1';
import { externalIpAnnotation, kindContext } from '../../skypilot/names.ts';
import { keyOf, type ObjectReference, referenceTo } from '../../snapshot/object-reference.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { externalAddressesOf, publishedHostOf } from '../external-addresses.ts';
import { isHostName, isIpAddress, scopeOf } from '../scope.ts';
import type { SnapshotIndex } from '../snapshot-index.ts';
import { chooseControllerService, signpostFor } from './controller-service.ts';
import { webPortsOf } from './ingress-controllers.ts';

/**
 * The addresses where an Ingress can be called. Exactly one of these is set: `addresses` (not empty), `unknown`,
 * `broken`, `pending`.
 */
export interface IngressAddress {
  readonly addresses: readonly string[];
  /** The controller's ports at the addresses. A port is undefined if the controller does not have it. */
  readonly ports: { readonly http?: number | undefined; readonly https?: number | undefined };
  readonly unknown?: string;
  readonly broken?: string;
  readonly pending?: string;
  /** The controller's Service, if it was found. */
  readonly service?: ObjectReference;
  /** The same Service, if callers reach the controller through its load balancer. */
  readonly balanced?: Service;
  /** The name that external-dns publishes for the controller's Service. */
  readonly publishedHost?: string | undefined;
}

/** The IngressClass of an Ingress: from `spec.ingressClassName`, from the old annotation, or the default class. */
export function ingressClassOf(
  view: SnapshotIndex,
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
 * Finds the address of an Ingress. Its IngressClass names the controller, and the controller's Service has the address.
 * If there is no such Service, the address is in the status of the Ingress. If this status is empty, a signpost may
 * have the address.
 */
export function ingressAddressOf(view: SnapshotIndex, ingress: Ingress): IngressAddress {
  const none = { addresses: [], ports: {} };
  const { name, class: ingressClass } = ingressClassOf(view, ingress);
  if (view.snapshot.topics.ingressClasses.observed && !ingressClass && ingress.spec?.ingressClassName) {
    return { ...none, broken: `IngressClass ${name} does not exist` };
  }
  const published = statusAddressesOf(ingress);
  const choice = chooseControllerService(view, ingressClass, published);
  const signpost = signpostFor(view, { name, class: ingressClass });
  if (choice.is === 'found') {
    const found = { ...addressAt(view, choice.service, published), publishedHost: publishedHostOf(choice.service) };
    return signpost && found.addresses.length === 0 ? addressAt(view, signpost, published) : found;
  }
  if (choice.is === 'undecided') return { ...none, unknown: choice.why };
  // Some controllers publish 127.0.0.1, for example that of MicroK8s. Other machines call them at another address.
  const isOnlyLocal = published.every((address) => scopeOf(address) === 'local');
  if (published.length > 0 && !(signpost && isOnlyLocal))
    return { addresses: published, ports: { http: 80, https: 443 } };
  if (signpost) return addressAt(view, signpost, published);
  if (choice.is === 'unseen') return { ...none, unknown: choice.why };
  const controller = ingressClass?.spec?.controller ?? `the class ${name ?? '(none)'}`;
  const pending = `no Service of the ingress controller (${controller}) was found, and the Ingress shows no address; --ingress-service NAMESPACE/NAME names one`;
  return { ...none, pending };
}

function addressAt(view: SnapshotIndex, service: Service, published: readonly string[]): IngressAddress {
  const reference = referenceTo('Service', service);
  const { http, https } = webPortsOf(service);
  const external = externalAddressesOf(service).map(({ address }) => address);
  if (external.length > 0) {
    const ports = { http: http?.port, https: https?.port };
    return { addresses: external, ports, service: reference, balanced: service };
  }
  const nodePorts = { http: http?.nodePort, https: https?.nodePort };
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

function statusAddressesOf(ingress: Ingress): string[] {
  const entries = ingress.status?.loadBalancer?.ingress ?? [];
  return entries.flatMap(({ ip, hostname }) => [ip, hostname]).filter((address) => !!address) as string[];
}

/** Whether the text is an IPv4 address or host name and nothing else. SkyPilot can put such a text into a URL. */
export function isBareHost(text: string): boolean {
  return (isIpAddress(text) && !text.includes(':')) || isHostName(text);
}
