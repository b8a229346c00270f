import type { Pod, Service } from 'kubernetes-types/core/v1';
import { command, cure } from '../../errors/cure.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { listed } from '../../snapshot/text.ts';
import { itemsOf, type Observation } from '../../snapshot/topics.ts';
import type { PendingReason } from '../missing-implementation.ts';
import { type Announced, type Announcement, isLocal } from './announcement.ts';

/**
 * The node that announces a Service of kube-vip. When kube-vip begins to announce by ARP or BGP, it writes this node
 * into an annotation (https://github.com/kube-vip/kube-vip, pkg/kubevip/annotations.go). Undefined if kube-vip does not
 * announce the Service.
 */
export function kubeVipHostOf({ metadata }: Service): string | undefined {
  return metadata?.annotations?.['kube-vip.io/vipHost'] || undefined;
}

/**
 * The node that announces an address of kube-vip, or why this node cannot announce it. Undefined if kube-vip has not
 * reported that it announces the Service.
 */
export function kubeVipAnnouncement({ service }: Announced, { topics }: Snapshot): Announcement | undefined {
  const host = kubeVipHostOf(service);
  if (host === undefined) return undefined;
  const { nodes } = topics;
  if (!nodes.observed || nodes.cutOff) return { nodes: [host] };
  const node = nodes.items.find(({ metadata }) => metadata?.name === host);
  const isReady = node?.status?.conditions?.find(({ type }) => type === 'Ready')?.status !== 'False';
  if (node && isReady) return { nodes: [host] };
  return {
    silence: {
      cause: `node ${host}, which kube-vip announces it from, ${node ? 'is not Ready' : 'does not exist'}`,
      cures: [
        node
          ? cure(command`kubectl describe node ${host}`, 'shows why it is not Ready; kube-vip elects another node then')
          : cure(command`kubectl get pods -A -o wide -l ${kubeVipSelector}`, 'shows where kube-vip runs'),
      ],
      objects: [{ kind: 'Node', namespace: '', name: host }],
      isOfLocalPolicy: false,
      isSure: false,
    },
  };
}

const chosenBy = 'kube-vip.io/loadbalancerIPs';

/**
 * Reports that an address was chosen for a Service, but no kube-vip Pod announces the address. The Pod that announces
 * an address also writes it into the status (kube-vip-cloud-provider#211). Undefined if no address was chosen, if no
 * kube-vip Pod was seen, or if kube-vip requests the address by DHCP (0.0.0.0).
 */
export function notTakenByKubeVip(service: Service, snapshot: Snapshot): PendingReason | undefined {
  const { metadata } = service;
  const chosen = metadata?.annotations?.[chosenBy];
  if (!chosen || /^0\.0\.0\.0\b/.test(chosen) || kubeVipHostOf(service) !== undefined) return undefined;
  const pods = kubeVipPods(snapshot);
  const [first] = pods;
  if (!first) return undefined;
  const cause = `${chosen} is chosen for it (${chosenBy}), and no kube-vip takes that address`;
  const look = cure(
    command`kubectl logs ${first.metadata?.name} -n ${first.metadata?.namespace} --tail=50`,
    'shows what kube-vip makes of the Service',
  );
  if (!isLocal(service)) return { cause, advice: '', look };
  const its = nodesOf(pods.map(({ spec }) => spec?.nodeName));
  const ready = readyNodesOf(service, snapshot);
  if (!its || !ready || ready.some((node) => its.includes(node))) {
    return {
      cause: `${cause}: externalTrafficPolicy Local lets it run on a node with a ready Pod of the Service alone`,
      advice: '',
      look,
      isOfLocalPolicy: true,
    };
  }
  const where = ready.length === 0 ? 'no Pod of it is ready' : `its ready Pods are on ${nodesWords(ready)}`;
  return {
    cause: `${cause}: its externalTrafficPolicy is Local, kube-vip runs on ${nodesWords(its)} alone, and ${where}`,
    advice: 'or let kube-vip run on the nodes with its Pods',
    isOfLocalPolicy: true,
    isSure: true,
  };
}

/**
 * The Pods of kube-vip that were seen. Static Pods of kube-vip lack the label. They are recognized by their image, but
 * only a list of all Pods contains them.
 */
export function kubeVipPods({ topics: { pods, loadBalancerPods } }: Snapshot): readonly Pod[] {
  const known = found.get(pods);
  if (known?.beside === loadBalancerPods) return known.pods;
  const all = kubeVipPodsIn(pods, loadBalancerPods);
  found.set(pods, { beside: loadBalancerPods, pods: all });
  return all;
}

/** What was found in a list of Pods. Each Service asks for it, and there may be thousands of both. */
const found = new WeakMap<object, { readonly beside: object; readonly pods: readonly Pod[] }>();

function kubeVipPodsIn(pods: Observation<Pod>, loadBalancerPods: Observation<Pod>): Pod[] {
  const labelled = itemsOf(loadBalancerPods).filter(({ metadata }) =>
    /^kube-vip(?:-ds)?$/.test(metadata?.labels?.['app.kubernetes.io/name'] ?? ''),
  );
  const known = new Set(labelled.map(keyOf));
  const named = itemsOf(pods).filter(
    (pod) =>
      !known.has(keyOf(pod)) &&
      pod.spec?.containers?.some(({ image = '' }) => /\/kube-vip(?:-iptables)?[:@]/.test(image)),
  );
  return [...labelled, ...named];
}

/**
 * The nodes with a ready endpoint of a Service. Undefined if no EndpointSlice was seen, or if an endpoint has no node.
 */
function readyNodesOf(service: Service, { topics }: Snapshot): string[] | undefined {
  const slices = [...itemsOf(topics.controllerSlices), ...itemsOf(topics.endpointSlices)].filter(
    ({ metadata }) => `${metadata?.namespace}/${metadata?.labels?.['kubernetes.io/service-name']}` === keyOf(service),
  );
  if (slices.length === 0) return undefined;
  const endpoints = slices.flatMap((slice) => slice.endpoints ?? []);
  return nodesOf(endpoints.filter(({ conditions }) => conditions?.ready !== false).map(({ nodeName }) => nodeName));
}

function nodesOf(names: readonly (string | undefined)[]): string[] | undefined {
  const known = names.filter((name) => name !== undefined);
  return known.length === names.length ? [...new Set(known)] : undefined;
}

function nodesWords(names: readonly string[]): string {
  return `${names.length === 1 ? 'node' : 'nodes'} ${listed(names)}`;
}

const kubeVipSelector = 'app.kubernetes.io/name in (kube-vip,kube-vip-ds)';
