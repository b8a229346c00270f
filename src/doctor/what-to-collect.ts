import type { Service } from 'kubernetes-types/core/v1';
import { controllerServiceSelector } from '../exposure/controllers/ingress-controllers.ts';
import { waitsForAddress } from '../exposure/external-addresses.ts';
import type { ExposeMode } from '../exposure/port-mode-names.ts';
import { writtenModeOf } from '../modes/all-modes.ts';
import { askingIngresses, certificateRequests } from '../modes/ingress/certificates.ts';
import { controllerPodsRequest } from '../modes/ingress/controller-pods.ts';
import { nodesRequest } from '../modes/nodeport/mode.ts';
import { deploymentsRequest, type EndpointScope, endpointRequests, podEventsIfGone } from '../modes/what-to-collect.ts';
import { isOfCilium } from '../platforms/announcements/cilium.ts';
import { metallbPoolOf } from '../platforms/announcements/metallb.ts';
import { speakerSelector, speakersIn } from '../platforms/announcements/metallb-speakers.ts';
import { customResourceRequests } from '../platforms/custom-resources.ts';
import { detectPlatforms } from '../platforms/detect.ts';
import { tailscale, tailscalePodsRequest } from '../platforms/load-balancers/tailscale.ts';
import { isInIstio } from '../platforms/meshes.ts';
import { programOf, serviceLbDaemonSetsRequest, serviceLbPodsRequest } from '../platforms/service-lb.ts';
import { loadBalancerWorkloads } from '../platforms/signals.ts';
import { isHead } from '../skypilot/sky-cluster.ts';
import { collectionPath } from '../snapshot/resource-paths.ts';
import type { Snapshot, TopicRequest, TopicRequests } from '../snapshot/snapshot.ts';
import { itemsOf, type Topic } from '../snapshot/topics.ts';
import { controllerConfigMapRequest } from './subjects/controller-settings.ts';
import { namespaceOfIstiod } from './subjects/mesh-mode.ts';

/**
 * The requests for the first lists of a diagnosis: lists of endpoints, of controllers, of nodes, and of warnings. At
 * most 16 lists are requested, all at the same time. Quotas need one more list.
 */
export function doctorRequests(scope: EndpointScope, readsQuotas = false): TopicRequests {
  const ofControllers = { labelSelector: controllerServiceSelector };
  const { namespace } = scope;
  return {
    ...endpointRequests(scope),
    deployments: deploymentsRequest(namespace),
    nodes: nodesRequest,
    controllerPods: controllerPodsRequest,
    controllerSlices: { path: collectionPath('EndpointSlice', null), ...ofControllers },
    loadBalancerPods: { path: collectionPath('Pod', null), labelSelector: loadBalancerWorkloads },
    webhooks: { path: collectionPath('ValidatingWebhookConfiguration', null) },
    networkPolicies: { path: collectionPath('NetworkPolicy', namespace) },
    events: { path: collectionPath('Event', namespace), fieldSelector: 'type=Warning' },
    ...(readsQuotas && { resourceQuotas: { path: collectionPath('ResourceQuota', namespace) } }),
  };
}

/**
 * Whether to list quotas. There are two cases: the user names a mode that writes objects, or the doctor judges all
 * modes in the whole context.
 */
export function asksForQuotas(
  mode: ExposeMode | undefined,
  name: string | undefined,
  namespace: string | null,
): boolean {
  return mode ? writtenModeOf(mode) !== undefined : name === undefined && namespace === null;
}

/** The maximum number of lists in a diagnosis, including refused lists and 404s. */
export const mostLists = 24;

/**
 * The requests that depend on the results of the first lists. Examples are the custom resources of load balancers,
 * MetalLB's speakers, the Pods and DaemonSets of ServiceLB, the ConfigMap of ingress-nginx, and Istio's rules for mTLS.
 * Lists that explain a missing address are requested if a load balancer waits for its address. Other lists show which
 * Pod or node answers for an address. They are requested only for the kinds of load balancers that Services use.
 * | @param room the number of lists that may still be requested
 * @param untried the mode that the user named, if its objects will not be tried with a dry run
 */
export function furtherLists(snapshot: Snapshot, room: number, untried?: ExposeMode): TopicRequests {
  const balanced = servicesOnPath(snapshot).filter(({ spec }) => spec?.type === 'LoadBalancer');
  const waits = balanced.some(waitsForAddress);
  const served = balanced.filter((service) => !waitsForAddress(service));
  const isOfMetallb = served.some((service) => metallbPoolOf(service) !== undefined);
  const { pools, announcements } = customResourceRequests(snapshot);
  const { addressPools, ciliumPools } = pools;
  const { l2Advertisements, bgpAdvertisements, serviceL2Statuses, ...ofCilium } = announcements;
  const detection = detectPlatforms(snapshot);
  // On RKE2, ServiceLB is optional. Only its Pods show that it runs.
  const mayBeServiceLb =
    programOf(detection) !== undefined || detection.loadBalancers.some(({ what }) => what.id === 'servicelb');
  const areSpeakersMissing = l2Advertisements !== undefined && speakersIn(snapshot).length === 0;
  const mutatingWebhooks = { path: collectionPath('MutatingWebhookConfiguration', null) };
  const wanted: TopicRequests = {
    ...(untried && writtenModeOf(untried) && { mutatingWebhooks }),
    ...(addressPools && { addressPools }),
    ...(balanced.length > 0 && mayBeServiceLb && { serviceLbPods: serviceLbPodsRequest(snapshot) }),
    ...(waits && ciliumPools && { ciliumPools }),
    ...controllerConfigMapRequest(snapshot),
    ...addonPodsRequest(snapshot),
    ...peerAuthenticationsRequest(snapshot),
    ...certificatesRequest(snapshot),
    ...(l2Advertisements && { l2Advertisements }),
    ...(bgpAdvertisements && { bgpAdvertisements }),
    ...(isOfMetallb &&
      areSpeakersMissing && {
        metallbSpeakers: { path: collectionPath('Pod', null), labelSelector: speakerSelector },
      }),
    ...(isOfMetallb && serviceL2Statuses && { serviceL2Statuses }),
    ...(served.some(isOfCilium) && ofCilium),
    ...(balanced.some(isOfTailscale) && { tailscalePods: tailscalePodsRequest }),
    ...targetGroupsRequest(snapshot),
    ...handlerEventsRequest(
      snapshot,
      waits ||
        (balanced.length > 0 && mayBeServiceLb) ||
        balanced.some(isOfTailscale) ||
        (isOfMetallb && areSpeakersMissing),
    ),
    ...podEventsIfGone(snapshot),
    ...(waits && mayBeServiceLb && { serviceLbDaemonSets: serviceLbDaemonSetsRequest(snapshot) }),
  };
  return within(wanted, room);
}

/** The Services that may have a load balancer: those of the namespace, and those of ingress controllers. */
function servicesOnPath({ topics }: Snapshot): readonly Service[] {
  return [topics.services, topics.controllerServices, topics.ingressNginxServices].flatMap(itemsOf);
}

/**
 * The request for warning events in other namespaces. If a load balancer waits for an address, or has Pods, its events
 * may be in any namespace. Events about the Service of an ingress controller are in the namespace of this Service, so
 * only this namespace is listed.
 */
function handlerEventsRequest({ topics, namespace }: Snapshot, isOfAny: boolean): TopicRequests {
  if (namespace === null) return {};
  const controllers = [...itemsOf(topics.controllerServices), ...itemsOf(topics.ingressNginxServices)];
  const theirs = controllers.find(({ metadata }) => metadata?.namespace !== namespace)?.metadata?.namespace;
  if (isOfAny) {
    const fieldSelector = `type=Warning,metadata.namespace!=${namespace}`;
    return { handlerEvents: { path: collectionPath('Event', null), fieldSelector } };
  }
  if (theirs === undefined || itemsOf(topics.ingresses).length === 0) return {};
  return { handlerEvents: { path: collectionPath('Event', theirs), fieldSelector: 'type=Warning' } };
}

function isOfTailscale({ metadata, spec }: Service): boolean {
  return (
    tailscale.classes.includes(spec?.loadBalancerClass ?? '') ||
    (metadata?.finalizers ?? []).some((each) => each.startsWith('tailscale.com/'))
  );
}

/**
 * The request for the Pods of a platform's own ingress controller, which lack the usual label. It is made if an Ingress
 * or an IngressClass exists, and no Pod of another controller was seen.
 */
function addonPodsRequest(snapshot: Snapshot): TopicRequests {
  const { controllerPods, ingresses, ingressClasses } = snapshot.topics;
  if (!controllerPods.observed || controllerPods.items.length > 0) return {};
  if (itemsOf(ingresses).length === 0 && itemsOf(ingressClasses).length === 0) return {};
  const labelSelector = detectPlatforms(snapshot)
    .platforms.map(({ what }) => what.ingress?.podSelector)
    .find((each) => each !== undefined);
  return labelSelector ? { controllerPods: { path: collectionPath('Pod', null), labelSelector } } : {};
}

/**
 * The request for target groups of AWS, if they may exist. They have their own events, in addition to the events of the
 * Service. EKS Auto Mode has its own API group for them. If both controllers may have some, those of the AWS Load
 * Balancer Controller are requested.
 */
function targetGroupsRequest(snapshot: Snapshot): TopicRequests {
  const { topics, namespace } = snapshot;
  const handled = [...servicesOnPath(snapshot), ...itemsOf(topics.ingresses)];
  const finalizers = handled.flatMap(({ metadata }) => metadata?.finalizers ?? []);
  const isWarned = itemsOf(topics.events).some(({ involvedObject }) => involvedObject.kind === 'TargetGroupBinding');
  const isServed = (group: string) => itemsOf(topics.apiGroups).some(({ name }) => name === group);
  const isOfController = finalizers.some((each) => /^[a-z.]*\.k8s\.aws\//.test(each));
  const isOfAutoMode = finalizers.some((each) => /^[a-z.]*\.?eks\.amazonaws\.com\//.test(each));
  if (!isWarned && !isOfController && !isOfAutoMode) return {};
  const path = collectionPath('TargetGroupBinding', namespace);
  const isAutoMode = isOfAutoMode || (isServed('eks.amazonaws.com') && !isServed('elbv2.k8s.aws'));
  const ofAutoMode = path.replace('/apis/elbv2.k8s.aws/v1beta1/', '/apis/eks.amazonaws.com/v1/');
  return { targetGroupBindings: { path: isAutoMode && !isOfController ? ofAutoMode : path } };
}

/** The request for Istio's rules for mTLS, if the API server serves them and a head Pod is in the mesh. */
function peerAuthenticationsRequest({ topics }: Snapshot): TopicRequests {
  const isServed = itemsOf(topics.apiGroups).some(({ name }) => name === 'security.istio.io');
  if (!isServed || !itemsOf(topics.pods).some((pod) => isHead(pod) && isInIstio(pod))) return {};
  // Without the webhook of istiod, the usual namespace is assumed.
  const istiod = namespaceOfIstiod(topics.webhooks);
  return {
    ...(istiod !== undefined && { istioConfigMaps: meshConfigRequest(istiod) }),
    peerAuthentications: {
      path: collectionPath('PeerAuthentication', null),
      olderPath: '/apis/security.istio.io/v1beta1/peerauthentications',
    },
  };
}

/** The requests for cert-manager's objects, if the API server serves them and an Ingress of a row asks for a certificate. */
function certificatesRequest(snapshot: Snapshot): TopicRequests {
  const isServed = itemsOf(snapshot.topics.apiGroups).some(({ name }) => name === 'cert-manager.io');
  return isServed ? certificateRequests(snapshot.namespace, askingIngresses(snapshot)) : {};
}

/** The request for the settings of Istio's mesh, in the namespace of istiod; null for all namespaces. */
export function meshConfigRequest(namespace: string | null): TopicRequest {
  return { path: collectionPath('ConfigMap', namespace), fieldSelector: 'metadata.name=istio' };
}

/**
 * The first of the requests, with at most `room` lists in total. A request with a second path for older API servers
 * counts as two lists.
 */
function within(requests: TopicRequests, room: number): TopicRequests {
  let left = room;
  const taken = Object.entries(requests).filter(([, { olderPath }]) => {
    const cost = olderPath === undefined ? 1 : 2;
    if (cost > left) return false;
    left -= cost;
    return true;
  });
  return Object.fromEntries(taken) as { readonly [T in Topic]?: TopicRequests[T] };
}
