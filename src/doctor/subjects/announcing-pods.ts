import type { Pod, Service } from 'kubernetes-types/core/v1';
import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { isReady, troubleOf } from '../../exposure/pod-trouble.ts';
import type { Announcement, Silence } from '../../platforms/announcements/announcement.ts';
import { kubeVipAnnouncement, kubeVipPods } from '../../platforms/announcements/kube-vip.ts';
import { speakersIn } from '../../platforms/announcements/metallb-speakers.ts';
import { metallb } from '../../platforms/load-balancers/metallb.ts';
import { isServiceLbAlone, serviceOfServiceLbPod, takenPortOf } from '../../platforms/service-lb.ts';
import { keyOf, referenceTo } from '../../snapshot/object-reference.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { listed } from '../../snapshot/text.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { allPodsIn } from './all-pods.ts';
import type { BalancedService } from './balanced-services.ts';
import { isWorkloadOf } from './controller-down.ts';
import { neverCreatedCures, neverCreatedWords, saidOfNeverCreated } from './never-created.ts';
import { otherPortCures } from './other-port.ts';

/** The reason why a Pod cannot answer for an address, and the cures. */
export interface PodTrouble {
  readonly fact: string;
  readonly cures: readonly Cure[];
}

/**
 * Reports that no node announces the addresses of MetalLB. No speaker was seen, and an event reports that the DaemonSet
 * of the speakers could not create a Pod. Undefined without such an event.
 */
export function metallbSpeakersNeverCreated(snapshot: Snapshot): Silence | undefined {
  if (speakersIn(snapshot).length > 0) return undefined;
  const said = saidOfNeverCreated(snapshot, (about) => isWorkloadOf(metallb, about) && about.name.includes('speaker'));
  if (said.length === 0) return undefined;
  return {
    cause: `no speaker of MetalLB's was created: ${neverCreatedWords(said).join('; ')}`,
    cures: neverCreatedCures(said),
    objects: said.map(({ object }) => object),
    isOfLocalPolicy: false,
    isSure: snapshot.topics.loadBalancerPods.observed,
  };
}

/**
 * The announcement of a ServiceLB address. A Pod on the node with this address answers for it. ServiceLB lists only the
 * addresses of nodes with a ready Pod (https://github.com/k3s-io/k3s/blob/main/pkg/cloudprovider/servicelb.go, podIPs).
 * But if ServiceLB no longer runs, the addresses stay in the Service. Undefined if nothing shows that the address is
 * from ServiceLB.
 */
export function serviceLbAnnouncement(balanced: BalancedService, snapshot: Snapshot): Announcement | undefined {
  const { service, addresses } = balanced;
  const pods = serviceLbPodsOf(service, snapshot);
  if (!pods || service.spec?.type !== 'LoadBalancer') return undefined;
  const isOfNodes = addresses.some((address) => nodeWith(address, snapshot) !== undefined);
  const [first] = pods;
  if (!first) {
    if (!isOfNodes || !isServiceLbAlone(snapshot) || service.spec.loadBalancerClass) return undefined;
    const cures = allPodsIn(snapshot.topics) ? [withServiceLb] : [whereServiceLbRuns, withServiceLb];
    return { silence: { cause: noPod, cures, objects: [], isOfLocalPolicy: false, isSure: false } };
  }
  if (!isOfNodes && itemsOf(snapshot.topics.nodes).length > 0) return undefined;
  if (pods.some(isReady)) return {};
  const { fact, cures } = podTrouble(first, otherPortOf(balanced, snapshot));
  return {
    silence: {
      cause: `${pods.length === 1 ? 'its Pod of ServiceLB is not ready' : `none of its ${pods.length} Pods of ServiceLB is ready`}: ${fact}`,
      cures,
      objects: pods.map((pod) => referenceTo('Pod', pod)),
      isOfLocalPolicy: false,
      isSure: true,
    },
  };
}

const noPod =
  'its address is that of a node, and ServiceLB has no Pod for it: it may have been turned off since (--disable=servicelb)';

const whereServiceLbRuns = cure(
  command`kubectl get daemonsets,pods -A -o wide`,
  'shows whether ServiceLB has a DaemonSet svclb-… for it',
);

const withServiceLb = advice('start the servers of K3s without --disable=servicelb, or install another load balancer');

/** The fault of the ServiceLB Pod on the node that has the address. Undefined if the Pod is ready, or was not seen. */
export function serviceLbTroubleAt(service: Service, address: string, snapshot: Snapshot): PodTrouble | undefined {
  const node = nodeWith(address, snapshot);
  const pod = serviceLbPodsOf(service, snapshot)?.find(({ spec }) => spec?.nodeName === node);
  if (node === undefined || !pod || isReady(pod)) return undefined;
  const { fact, cures } = podTrouble(pod);
  return { fact: `ServiceLB answers for it on node ${node}, and ${fact}`, cures };
}

/** The Pods of ServiceLB for a Service; undefined if they were not seen. */
function serviceLbPodsOf(service: Service, { topics: { serviceLbPods } }: Snapshot): Pod[] | undefined {
  if (!serviceLbPods.observed || serviceLbPods.cutOff) return undefined;
  return serviceLbPods.items.filter((pod) => serviceOfServiceLbPod(pod) === keyOf(service));
}

/**
 * The announcement of a kube-vip address. It may contain a fault: no Pod of kube-vip is ready on the announcing node.
 * If no Pod of kube-vip was seen, it contains no such fault.
 */
export function kubeVipPodsAnnouncement(balanced: BalancedService, snapshot: Snapshot): Announcement | undefined {
  const announcement = kubeVipAnnouncement(balanced, snapshot);
  const [host, second] = announcement?.nodes ?? [];
  const pods = kubeVipPods(snapshot);
  if (!announcement || host === undefined || second !== undefined || pods.length === 0) return announcement;
  const there = pods.filter(({ spec }) => spec?.nodeName === host);
  if (there.some(isReady)) return announcement;
  const [pod] = there;
  // Static Pods of kube-vip have no label. So a Pod may exist although it was not seen.
  if (!pod && balanced.call !== 'no-answer') return announcement;
  const { fact, cures } = pod
    ? podTrouble(pod)
    : {
        fact: 'none of its Pods that were seen runs there',
        cures: [whereKubeVipRuns(snapshot)],
      };
  return {
    silence: {
      cause: `kube-vip announces it from node ${host}, and ${fact}`,
      cures,
      objects: pod ? [referenceTo('Pod', pod)] : [],
      isOfLocalPolicy: false,
      isSure: false,
    },
  };
}

/**
 * Tells where kube-vip runs. If all Pods were seen, this is a fact. Otherwise, it is a command, because static Pods of
 * kube-vip have no label.
 */
function whereKubeVipRuns(snapshot: Snapshot): Cure {
  if (!allPodsIn(snapshot.topics)) return cure(command`kubectl get pods -A -o wide`, 'shows where kube-vip runs');
  const nodes = new Set(kubeVipPods(snapshot).flatMap(({ spec }) => spec?.nodeName ?? []));
  return advice(`kube-vip runs on ${listed([...nodes])} alone: let it run on the node that announces the address`);
}

/** Commands that open the app at a port that is free on the nodes. Empty for the Service of an ingress controller. */
function otherPortOf({ service, exposing }: BalancedService, snapshot: Snapshot): readonly Cure[] {
  const taken = exposing && takenPortOf(service, snapshot);
  return taken ? otherPortCures(exposing, taken) : [];
}

/** Describes the fault of a Pod that is not ready. */
function podTrouble(pod: Pod, otherPort: readonly Cure[] = []): PodTrouble {
  const { namespace = '', name = '' } = pod.metadata ?? {};
  const fact = (troubleOf(pod) ?? '').replace(`Pod ${name}`, `Pod ${namespace}/${name}`);
  const hasStarted = (pod.status?.containerStatuses ?? []).some(
    ({ restartCount = 0, state }) => restartCount > 0 || state?.terminated !== undefined,
  );
  if (/didn't have free ports/.test(fact)) {
    const words = advice('open another Service port: this one is taken on the nodes');
    return { fact, cures: otherPort.length > 0 ? otherPort : [words] };
  }
  return {
    fact,
    cures: [
      hasStarted
        ? cure(command`kubectl logs ${name} -n ${namespace} --all-containers --tail=20`, 'shows why it stops')
        : cure(command`kubectl describe pod ${name} -n ${namespace}`, 'shows why it does not run'),
    ],
  };
}

function nodeWith(address: string, { topics }: Snapshot): string | undefined {
  const node = itemsOf(topics.nodes).find(({ status }) => status?.addresses?.some((each) => each.address === address));
  return node?.metadata?.name;
}
