import { isSkyPilots } from '../exposure/controllers/ingress-controllers.ts';
import { waitsForAddress } from '../exposure/external-addresses.ts';
import { isReady } from '../exposure/pod-trouble.ts';
import { indexSnapshot } from '../exposure/snapshot-index.ts';
import { type EndpointScope, podEventsRequest } from '../modes/what-to-collect.ts';
import { metallbPoolOf } from '../platforms/announcements/metallb.ts';
import { findSkyCluster } from '../skypilot/find-sky-cluster.ts';
import { clusterNameLabel, controllerService, kindContext } from '../skypilot/names.ts';
import { headPodOf } from '../skypilot/sky-cluster.ts';
import { keyOf, type WithMetadata } from '../snapshot/object-reference.ts';
import type { Snapshot, TopicRequests } from '../snapshot/snapshot.ts';
import { itemsOf, type Topic } from '../snapshot/topics.ts';
import type { Subject } from './check-context.ts';
import { controllerServicesSeen, furtherRequests, type ObjectsToJudge } from './further-requests.ts';
import { exposingServices } from './subjects/exposing-services.ts';
import { ingressRows, judgedIngresses } from './subjects/ingress-mode.ts';
import { doctorRequests } from './what-to-collect.ts';

/** One SkyPilot cluster that the user named, and the ports to check. */
export interface NamedPath {
  readonly name: string;
  /** The Service ports; undefined means all ports. */
  readonly ports: readonly number[] | undefined;
  /** `NAMESPACE/NAME` of the ingress controller's Service, if the user named it. */
  readonly ingressService?: string | undefined;
}

/** The topics that every mode needs. They do not depend on other answers, so they are requested first. */
const firstTopics: readonly Topic[] = [
  ...(['pods', 'services', 'ingresses', 'endpointSlices', 'namedControllerServices'] as const),
  ...(['nodes', 'controllerPods', 'loadBalancerPods', 'webhooks', 'networkPolicies', 'events'] as const),
];

/** The topics that only ingress mode needs. */
const ingressTopics: readonly Topic[] = ['ingressClasses', 'controllerServices', 'controllerSlices'];

/** The first requests for the path of one SkyPilot cluster, all at the same time. */
export function firstPathRequests(scope: EndpointScope): TopicRequests {
  return only(firstTopics, doctorRequests(scope));
}

function only(topics: readonly Topic[], requests: TopicRequests): TopicRequests {
  return Object.fromEntries(topics.flatMap((topic) => (requests[topic] ? [[topic, requests[topic]]] : [])));
}

/**
 * The further requests for the path of one SkyPilot cluster. They depend on its mode and on what is wrong. After they
 * were answered, another call may return more requests. The result is empty if the SkyPilot cluster does not exist.
 *
 * @param snapshot a snapshot of one namespace, with the answers so far
 */
export function furtherPathRequests(snapshot: Snapshot, path: NamedPath): TopicRequests {
  const { topics, namespace } = snapshot;
  const { ingressService } = path;
  const view = indexSnapshot(snapshot, { ingressService });
  const found = findSkyCluster(path.name, view.skyClusters, { prefix: true });
  if (found.found !== 'one') return {};
  const { skyCluster } = found;
  const subject: Subject = { skyCluster, ports: path.ports, mode: undefined, ingressService };
  const scene = { view, subject };
  const head = headPodOf(skyCluster);
  const own = exposingServices(scene).map(({ service }) => service);
  const isInIngressMode = ingressRows(scene).length > 0;
  const controllers = isInIngressMode ? controllerServicesSeen(topics) : [];
  const judged: ObjectsToJudge = {
    services: [...own, ...controllers],
    ingresses: judgedIngresses(scene).map(({ ingress }) => ingress),
    pods: skyCluster.pods,
    controllers: isInIngressMode && controllers.length === 0 ? controllerPodsOfOnePlace(snapshot) : controllers,
  };
  const all = doctorRequests({ namespace, ingressService });
  return {
    ...(isInIngressMode && only(ingressTopics, all)),
    ...((isInIngressMode ? !areIngressNginxServicesKnown(topics) : snapshot.context === kindContext) &&
      only(['ingressNginxServices'], all)),
    ...(!head && {
      deployments: { ...all.deployments!, labelSelector: `${clusterNameLabel}=${skyCluster.nameOnCloud}` },
    }),
    ...usedRequests(furtherRequests(snapshot, judged), judged, topics),
    ...(own.length > 0 && !(head && isReady(head)) && { podEvents: podEventsRequest(namespace) }),
  };
}

/**
 * The Pods of ingress controllers in other namespaces, if all of them are in one namespace. Their Services are then
 * probably in this namespace, too. So its warnings can be requested before the Services were seen.
 */
function controllerPodsOfOnePlace({ topics, namespace }: Snapshot): readonly WithMetadata[] {
  const { controllerServices, controllerPods } = topics;
  if (controllerServices.observed || controllerServices.reason !== 'not-collected') return [];
  const others = itemsOf(controllerPods).filter(({ metadata }) => metadata?.namespace !== namespace);
  const places = new Set(others.map(({ metadata }) => metadata?.namespace));
  return places.size === 1 ? others : [];
}

/**
 * Whether the Services of the namespace ingress-nginx need no request of their own. This is so if the list of
 * controllers' Services contains the Service that SkyPilot reads, and every Service of a webhook. Before this list was
 * seen, a Pod of a controller in this namespace means that it probably will.
 */
function areIngressNginxServicesKnown({ controllerServices, controllerPods, webhooks }: Snapshot['topics']): boolean {
  const isHere = ({ namespace }: { readonly namespace?: string } = {}) => namespace === controllerService.namespace;
  if (!controllerServices.observed) {
    const isAwaited = controllerServices.reason === 'not-collected';
    return isAwaited && itemsOf(controllerPods).some(({ metadata }) => isHere(metadata));
  }
  const keys = new Set(controllerServices.items.map(keyOf));
  const targets = itemsOf(webhooks)
    .flatMap((each) => each.webhooks ?? [])
    .flatMap(({ clientConfig: { service } }) => (service && isHere(service) ? [service] : []));
  return (
    controllerServices.items.some(isSkyPilots) &&
    targets.every(({ namespace, name }) => keys.has(`${namespace}/${name}`))
  );
}

/**
 * Leaves out the requests that a diagnosis of one path does not use: advertisements of MetalLB if no address on the
 * path is from MetalLB, and its pools if all addresses are known and no advertisement selects pools by labels.
 */
function usedRequests(
  { addressPools, l2Advertisements, bgpAdvertisements, ...others }: TopicRequests,
  { services }: ObjectsToJudge,
  topics: Snapshot['topics'],
): TopicRequests {
  const isOfMetallb = services.some((service) => metallbPoolOf(service) !== undefined);
  const waits = services.some(waitsForAddress);
  const advertisements = [topics.l2Advertisements, topics.bgpAdvertisements].flatMap(itemsOf);
  const selectsPools = advertisements.some(({ spec }) => (spec?.ipAddressPoolSelectors ?? []).length > 0);
  return {
    ...(addressPools && (waits || (isOfMetallb && selectsPools)) && { addressPools }),
    ...(l2Advertisements && isOfMetallb && { l2Advertisements }),
    ...(bgpAdvertisements && isOfMetallb && { bgpAdvertisements }),
    ...others,
  };
}

/**
 * The snapshot with the Services of the namespace ingress-nginx, if the list of controllers' Services contains all that
 * matter there.
 */
export function withKnownServices(snapshot: Snapshot): Snapshot {
  const { topics } = snapshot;
  const { controllerServices, ingressNginxServices } = topics;
  if (ingressNginxServices.observed || ingressNginxServices.reason !== 'not-collected') return snapshot;
  if (!controllerServices.observed) return snapshot;
  const items = controllerServices.items.filter(({ metadata }) => metadata?.namespace === controllerService.namespace);
  return { ...snapshot, topics: { ...topics, ingressNginxServices: { ...controllerServices, items } } };
}

/** Whether the API server's version is needed to detect the platform. Nodes have the same version, and more signs. */
export function needsServerVersion({ topics: { nodes } }: Snapshot): boolean {
  return itemsOf(nodes).length === 0;
}
