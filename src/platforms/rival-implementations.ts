import type { Service } from 'kubernetes-types/core/v1';
import { keyOf } from '../snapshot/object-reference.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { listed } from '../snapshot/text.ts';
import { itemsOf } from '../snapshot/topics.ts';
import { hasIpOfCilium } from './announcements/cilium.ts';
import { byServiceController, isOfCloud } from './announcements/cloud.ts';
import { kubeVipHostOf } from './announcements/kube-vip.ts';
import { metallbPoolOf } from './announcements/metallb.ts';
import { detectPlatforms } from './detect.ts';
import type { Spoken } from './event-explanations.ts';
import { cilium } from './load-balancers/cilium.ts';
import { kubeVip } from './load-balancers/kube-vip.ts';
import { metallb } from './load-balancers/metallb.ts';
import { servicelb } from './load-balancers/servicelb.ts';
import type { PendingReason } from './missing-implementation.ts';
import type { LoadBalancer } from './platform.ts';
import { serviceOfServiceLbPod } from './service-lb.ts';

/** An implementation that handles a Service, and the evidence for this. */
export interface Taker {
  readonly loadBalancer: LoadBalancer;
  readonly evidence: string;
}

/**
 * The implementations that handle a Service, each with its evidence. Several implementations overwrite each other's
 * addresses.
 */
export function takersOf(service: Service, snapshot: Snapshot): Taker[] {
  const pool = metallbPoolOf(service);
  const host = kubeVipHostOf(service);
  const pod = itemsOf(snapshot.topics.serviceLbPods).find((each) => serviceOfServiceLbPod(each) === keyOf(service));
  const finalizers = service.metadata?.finalizers ?? [];
  const byFinalizer = detectPlatforms(snapshot).loadBalancers.flatMap(({ what }): Taker[] => {
    const marks = what.matchers.filter(({ signal }) => signal === 'finalizer');
    const found = finalizers.find((finalizer) => marks.some(({ matches }) => matches.test(finalizer)));
    return found ? [{ loadBalancer: what, evidence: `finalizer ${found}` }] : [];
  });
  return [
    ...(pod ? [{ loadBalancer: servicelb, evidence: `Pod ${keyOf(pod)}` }] : []),
    ...(pool === undefined ? [] : [{ loadBalancer: metallb, evidence: `an address of pool ${pool}` }]),
    ...(host === undefined ? [] : [{ loadBalancer: kubeVip, evidence: `kube-vip.io/vipHost ${host}` }]),
    ...(hasIpOfCilium(service) ? [{ loadBalancer: cilium, evidence: 'condition cilium.io/IPAMRequestSatisfied' }] : []),
    ...byFinalizer,
    ...byCloud(service, pod !== undefined, snapshot),
  ];
}

/**
 * The component in the events of Kubernetes' service controller. Every cloud controller contains this controller
 * (k8s.io/cloud-provider, controllers/service).
 */
const serviceController = 'service-controller';

/**
 * Reports that two or more implementations try to serve a Service without an address. The components in the Service's
 * events identify them. Undefined if the events identify fewer than two.
 */
export function rivalsHeard(said: readonly Spoken[], snapshot: Snapshot): PendingReason | undefined {
  const detected = detectPlatforms(snapshot).loadBalancers.map(({ what }) => what);
  const [cloud, secondCloud] = detected.filter(isOfCloud);
  const speaking = said.flatMap(({ by }) => {
    if (!by) return [];
    if (by === serviceController) return cloud && !secondCloud ? [cloud] : [];
    return detected.filter(({ speaksAs }) => speaksAs?.test(by));
  });
  const rivals = [...new Set(speaking)];
  if (rivals.length < 2) return undefined;
  return {
    cause: `${listed(rivals.map(({ title }) => title))} try to serve it, and one alone is to`,
    advice: '',
    steps: rivals.flatMap(({ yields }) => yields ?? []),
    isSure: true,
  };
}

/**
 * The cloud's own controller, if it handles the Service. Its finalizer is the sign. kube-vip and ServiceLB set the same
 * finalizer. So if ServiceLB also handles the Service, another sign is needed: an address that belongs to no node.
 */
function byCloud(service: Service, isOfServiceLb: boolean, snapshot: Snapshot): Taker[] {
  const seen = detectPlatforms(snapshot).loadBalancers.map(({ what }) => what);
  const [cloud, second] = seen.filter(isOfCloud);
  if (!cloud || second) return [];
  if (isOfServiceLb) {
    const foreign = foreignAddressOf(service, snapshot);
    return foreign === undefined ? [] : [{ loadBalancer: cloud, evidence: `address ${foreign}, which no node has` }];
  }
  const isPlain = (service.metadata?.finalizers ?? []).includes(byServiceController);
  if (!isPlain || seen.includes(kubeVip) || seen.includes(servicelb)) return [];
  return [{ loadBalancer: cloud, evidence: `finalizer ${byServiceController}` }];
}

/**
 * An address of the Service that belongs to no node. Undefined if every address belongs to a node, or if not all nodes
 * were seen.
 */
function foreignAddressOf({ status }: Service, { topics: { nodes } }: Snapshot): string | undefined {
  if (!nodes.observed || nodes.cutOff) return undefined;
  const own = nodes.items.flatMap((node) => (node.status?.addresses ?? []).map(({ address }) => address));
  const given = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '');
  return given.find((address) => address !== '' && address !== '127.0.0.1' && !own.includes(address));
}
