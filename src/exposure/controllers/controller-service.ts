import type { Service } from 'kubernetes-types/core/v1';
import type { IngressClass } from 'kubernetes-types/networking/v1';
import { controllerService } from '../../skypilot/names.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { itemsOf, type Observation } from '../../snapshot/topics.ts';
import { externalAddressesOf } from '../external-addresses.ts';
import type { SnapshotIndex } from '../snapshot-index.ts';
import { controllerNamed, isControllerService, isSkyPilots, skyPilotsKey } from './ingress-controllers.ts';
import { isSignpost, skyPilotIngressClass } from './signpost.ts';

/**
 * The Service of the controller that serves an Ingress. `absent`: the Service does not exist. `unseen` and `undecided`:
 * the Service is unknown, and `why` is the reason.
 */
export type ControllerChoice =
  | { readonly is: 'found'; readonly service: Service }
  | { readonly is: 'absent' }
  | { readonly is: 'unseen'; readonly why: string }
  | { readonly is: 'undecided'; readonly why: string };

/** Of all Services, only those that SkyPilot reads to find its ingress controller. */
export function servicesSkyPilotAsks(view: SnapshotIndex): Observation<Service> {
  const { namespace, topics } = view.snapshot;
  if (namespace !== null) return topics.ingressNginxServices;
  if (!topics.services.observed) return topics.services;
  const service = view.services.get(skyPilotsKey);
  return { ...topics.services, items: service ? [service] : [] };
}

/**
 * Chooses the controller's Service. A Service that the user named is chosen. Otherwise, the candidates are the Services
 * with the labels of the class's controller. If exactly one of them has an address in the Ingress's status, it is
 * chosen. Otherwise, the Service that SkyPilot reads is chosen, or the only candidate.
 *
 * @param published addresses in the Ingress's status
 */
export function chooseControllerService(
  view: SnapshotIndex,
  ingressClass: IngressClass | undefined,
  published: readonly string[],
): ControllerChoice {
  if (view.ingressService) return namedService(view, view.ingressService);
  const seen = view.controllerServices;
  if (!seen.observed) return { is: 'unseen', why: `services of ingress controllers were not seen (${seen.message})` };
  const controller = ingressClass?.spec?.controller;
  const known = controllerNamed(controller);
  if (ingressClass && !known) return { is: 'absent' };
  const candidates = seen.items.filter(
    (service) => !isSignpost(service) && isControllerService(service, known?.controller),
  );
  const showing = candidates.filter((service) => shows(service, published));
  if (showing.length === 1) return { is: 'found', service: showing[0]! };
  const { ingressClasses } = view.snapshot.topics;
  if (!ingressClasses.observed) {
    return { is: 'unseen', why: `ingressclasses were not seen (${ingressClasses.message})` };
  }
  if (candidates.length === 0) return noneAmong(view);
  const usual = candidates.find(isSkyPilots) ?? (candidates.length === 1 ? candidates[0] : undefined);
  if (usual) return { is: 'found', service: usual };
  const names = candidates.map(keyOf).join(', ');
  const why = `several ingress controllers could serve it (${names}); name one with --ingress-service NAMESPACE/NAME`;
  return { is: 'undecided', why };
}

/**
 * The signpost for the class of an Ingress; undefined if the user named a Service. A signpost is for the class `nginx`,
 * and for the other classes of the same controller.
 */
export function signpostFor(
  view: SnapshotIndex,
  { name, class: ingressClass }: { readonly name: string | undefined; readonly class: IngressClass | undefined },
): Service | undefined {
  const { namespace, topics } = view.snapshot;
  const service =
    namespace === null
      ? view.services.get(`${controllerService.namespace}/${controllerService.name}`)
      : itemsOf(topics.ingressNginxServices).find(isSkyPilots);
  if (!service || !isSignpost(service) || view.ingressService) return undefined;
  if (name === skyPilotIngressClass) return service;
  const standsFor = itemsOf(topics.ingressClasses).find(({ metadata }) => metadata?.name === skyPilotIngressClass);
  const isSame = ingressClass !== undefined && ingressClass.spec?.controller === standsFor?.spec?.controller;
  return isSame ? service : undefined;
}

function namedService({ snapshot, services: byKey }: SnapshotIndex, key: string): ControllerChoice {
  const everywhere = snapshot.namespace === null;
  const observation = everywhere ? snapshot.topics.services : snapshot.topics.namedControllerServices;
  const service = everywhere ? byKey.get(key) : itemsOf(observation).find((each) => keyOf(each) === key);
  if (service) return { is: 'found', service };
  const why = observation.observed ? 'does not exist' : `was not seen (${observation.message})`;
  return { is: 'undecided', why: `Service ${key}, named by --ingress-service, ${why}` };
}

/**
 * The result if no Service was found. If only one namespace was listed, another namespace may have a controller
 * Service.
 */
function noneAmong({ snapshot }: SnapshotIndex): ControllerChoice {
  const { controllerServices } = snapshot.topics;
  if (snapshot.namespace === null || controllerServices.observed) return { is: 'absent' };
  const why = `services of ingress controllers in all namespaces were not seen (${controllerServices.message})`;
  return { is: 'unseen', why };
}

// Whether the Ingress's status contains an address of the Service. With --publish-service, ingress-nginx writes the cluster
// IP of a NodePort Service into the status.
function shows(service: Service, published: readonly string[]): boolean {
  const { clusterIP = '' } = service.spec ?? {};
  return [clusterIP, ...externalAddressesOf(service).map(({ address }) => address)].some(
    (address) => address !== '' && published.includes(address),
  );
}
