import type { Pod, Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { waitsForAddress } from '../exposure/external-addresses.ts';
import { askingIngresses, certificateRequests } from '../modes/ingress/certificates.ts';
import { isOfCilium } from '../platforms/announcements/cilium.ts';
import { metallbPoolOf } from '../platforms/announcements/metallb.ts';
import { speakerSelector, speakersIn } from '../platforms/announcements/metallb-speakers.ts';
import { customResourceRequests } from '../platforms/custom-resources.ts';
import { detectPlatforms } from '../platforms/detect.ts';
import { tailscale, tailscalePodsRequest } from '../platforms/load-balancers/tailscale.ts';
import { isInIstio } from '../platforms/meshes.ts';
import { programOf, serviceLbDaemonSetsRequest, serviceLbPodsRequest } from '../platforms/service-lb.ts';
import { isHead } from '../skypilot/sky-cluster.ts';
import type { WithMetadata } from '../snapshot/object-reference.ts';
import { collectionPath } from '../snapshot/resource-paths.ts';
import type { Snapshot, TopicRequest, TopicRequests } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import { controllerConfigMapRequest } from './subjects/controller-settings.ts';
import { namespaceOfIstiod } from './subjects/mesh-mode.ts';

/** The objects on the paths of the ports that a diagnosis is about. */
export interface ObjectsToJudge {
  /** The Services that may have a load balancer, including those of ingress controllers. */
  readonly services: readonly Service[];
  readonly ingresses: readonly Ingress[];
  readonly pods: readonly Pod[];
  /** Objects in the namespaces of the ingress controllers. Warnings about the first other namespace are requested. */
  readonly controllers: readonly WithMetadata[];
}

/** The Services of ingress controllers in the lists that were read. */
export function controllerServicesSeen({ controllerServices, ingressNginxServices }: Snapshot['topics']): Service[] {
  return [controllerServices, ingressNginxServices].flatMap(itemsOf);
}

/**
 * The requests that depend on the results of the first lists, the most important first. Examples are the custom
 * resources of load balancers, MetalLB's speakers, the Pods and DaemonSets of ServiceLB, the ConfigMap of
 * ingress-nginx, and Istio's rules for mTLS. Lists that explain a missing address are requested if a load balancer
 * waits for its address. Other lists show which Pod or node answers for an address. They are requested only for the
 * kinds of load balancers that Services use.
 */
export function furtherRequests(snapshot: Snapshot, judged: ObjectsToJudge): TopicRequests {
  const balanced = judged.services.filter(({ spec }) => spec?.type === 'LoadBalancer');
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
  return {
    ...(addressPools && { addressPools }),
    ...(balanced.length > 0 && mayBeServiceLb && { serviceLbPods: serviceLbPodsRequest(snapshot) }),
    ...(waits && ciliumPools && { ciliumPools }),
    ...(judged.ingresses.length > 0 && controllerConfigMapRequest(snapshot)),
    ...addonPodsRequest(snapshot, judged),
    ...peerAuthenticationsRequest(snapshot, judged),
    ...certificatesRequest(snapshot, judged),
    ...(l2Advertisements && { l2Advertisements }),
    ...(bgpAdvertisements && { bgpAdvertisements }),
    ...(isOfMetallb &&
      areSpeakersMissing && {
        metallbSpeakers: { path: collectionPath('Pod', null), labelSelector: speakerSelector },
      }),
    ...(isOfMetallb && serviceL2Statuses && { serviceL2Statuses }),
    ...(served.some(isOfCilium) && ofCilium),
    ...(balanced.some(isOfTailscale) && { tailscalePods: tailscalePodsRequest }),
    ...targetGroupsRequest(snapshot, judged),
    ...handlerEventsRequest(
      snapshot,
      judged,
      waits ||
        (balanced.length > 0 && mayBeServiceLb) ||
        balanced.some(isOfTailscale) ||
        (isOfMetallb && areSpeakersMissing),
    ),
    ...(waits && mayBeServiceLb && { serviceLbDaemonSets: serviceLbDaemonSetsRequest(snapshot) }),
  };
}

/**
 * The request for warning events in other namespaces. If a load balancer waits for an address, or has Pods, its events
 * may be in any namespace. Events about the Service of an ingress controller are in the namespace of this Service, so
 * only this namespace is listed.
 */
function handlerEventsRequest(
  { namespace }: Snapshot,
  { controllers, ingresses }: ObjectsToJudge,
  isOfAny: boolean,
): TopicRequests {
  if (namespace === null) return {};
  if (isOfAny) {
    const fieldSelector = `type=Warning,metadata.namespace!=${namespace}`;
    return { handlerEvents: { path: collectionPath('Event', null), fieldSelector } };
  }
  const theirs = controllers.find(({ metadata }) => metadata?.namespace !== namespace)?.metadata?.namespace;
  if (theirs === undefined || ingresses.length === 0) return {};
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
function addonPodsRequest(snapshot: Snapshot, { ingresses }: ObjectsToJudge): TopicRequests {
  const { controllerPods, ingressClasses } = snapshot.topics;
  if (!controllerPods.observed || controllerPods.items.length > 0) return {};
  if (ingresses.length === 0 && itemsOf(ingressClasses).length === 0) return {};
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
function targetGroupsRequest({ topics, namespace }: Snapshot, judged: ObjectsToJudge): TopicRequests {
  const handled = [...judged.services, ...judged.ingresses];
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
function peerAuthenticationsRequest({ topics }: Snapshot, { pods }: ObjectsToJudge): TopicRequests {
  const isServed = itemsOf(topics.apiGroups).some(({ name }) => name === 'security.istio.io');
  if (!isServed || !pods.some((pod) => isHead(pod) && isInIstio(pod))) return {};
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
function certificatesRequest(snapshot: Snapshot, { ingresses }: ObjectsToJudge): TopicRequests {
  const isServed = itemsOf(snapshot.topics.apiGroups).some(({ name }) => name === 'cert-manager.io');
  if (!isServed) return {};
  return certificateRequests(
    snapshot.namespace,
    askingIngresses(snapshot).filter((each) => ingresses.includes(each)),
  );
}

/** The request for the settings of Istio's mesh, in the namespace of istiod; null for all namespaces. */
export function meshConfigRequest(namespace: string | null): TopicRequest {
  return { path: collectionPath('ConfigMap', namespace), fieldSelector: 'metadata.name=istio' };
}
