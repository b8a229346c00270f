import type { Service } from 'kubernetes-types/core/v1';
import { keyOf } from '../snapshot/object-reference.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';
import { hasIpOfCilium } from './announcements/cilium.ts';
import { kubeVipHostOf } from './announcements/kube-vip.ts';
import { metallbPoolOf } from './announcements/metallb.ts';
import { detectPlatforms } from './detect.ts';
import { cilium } from './load-balancers/cilium.ts';
import { kubeVip } from './load-balancers/kube-vip.ts';
import { metallb } from './load-balancers/metallb.ts';
import { servicelb } from './load-balancers/servicelb.ts';
import type { LoadBalancer } from './platform.ts';
import { serviceOfServiceLbPod } from './service-lb.ts';

/** An implementation that takes a Service, and what it wrote that shows it. */
export interface Taker {
  readonly loadBalancer: LoadBalancer;
  readonly evidence: string;
}

/** The implementations that take a Service, by what each wrote itself. More than one write its address in turn. */
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
  ];
}
