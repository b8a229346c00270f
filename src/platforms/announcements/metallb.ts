import type { Node, Pod, Service } from 'kubernetes-types/core/v1';
import { keyOf, type ObjectReference, referenceTo } from '../../snapshot/object-reference.ts';
import { labelSelectorTakes } from '../../snapshot/selector.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { type Advertisement, itemsOf, type Topic } from '../../snapshot/topics.ts';
import { keysOf } from '../annotation-key.ts';
import { excludeLabel, isExcluded } from '../excluded-nodes.ts';
import { metallb } from '../load-balancers/metallb.ts';
import { type Announced, type Announcement, isKnown, isLocal, nodeWords, type Silence } from './announcement.ts';
import {
  announcing,
  type Known,
  kindOf,
  nearestTo,
  nodeCures,
  type Refusal,
  type RefusingNode,
  withoutSelectors,
  wordsOf,
} from './metallb-cures.ts';
import { honoursExcludeLabel, speakersIn } from './metallb-speakers.ts';

// Source: https://github.com/metallb/metallb/blob/main/speaker/layer2_controller.go and bgp_controller.go (ShouldAnnounce),
// internal/config/config.go (the pools, nodes and Services that an advertisement applies to)

/** The pool of the Service's address, from an annotation of MetalLB; undefined if the address is not from MetalLB. */
export function metallbPoolOf({ metadata }: Service): string | undefined {
  const annotations = metadata?.annotations ?? {};
  const key = keysOf(metallb, 'metallb.io/ip-allocated-from-pool').find((each) => annotations[each]);
  return key && annotations[key];
}

/** The nodes that announce an address of MetalLB, or why no node does. Undefined if the address is not from MetalLB. */
export function metallbAnnouncement(announced: Announced, snapshot: Snapshot): Announcement | undefined {
  const pool = metallbPoolOf(announced.service);
  if (pool === undefined) return undefined;
  const nodes = reportedNodes(announced.service, snapshot);
  const { silence, unseen = [] } = decisionOn(announced, pool, snapshot);
  if (silence) return { ...(nodes.length > 0 && { nodes }), silence };
  return nodes.length > 0 ? { nodes } : { ...(unseen.length > 0 && { unseen }) };
}

/** The nodes that answer ARP or NDP requests for the address. Their speakers report this. */
function reportedNodes(service: Service, { topics }: Snapshot): string[] {
  return itemsOf(topics.serviceL2Statuses).flatMap(({ status = {} }) =>
    `${status.serviceNamespace}/${status.serviceName}` === keyOf(service) && status.node ? [status.node] : [],
  );
}

function decisionOn(announced: Announced, pool: string, snapshot: Snapshot): Pick<Announcement, 'silence' | 'unseen'> {
  const { topics } = snapshot;
  const { l2Advertisements, bgpAdvertisements } = topics;
  const all: Known[] = [
    ...itemsOf(l2Advertisements).map((advertisement) => ({ kind: 'l2advertisement', advertisement }) as const),
    ...itemsOf(bgpAdvertisements).map((advertisement) => ({ kind: 'bgpadvertisement', advertisement }) as const),
  ];
  const both = [l2Advertisements, bgpAdvertisements];
  const unseen = advertisementTopics.filter((topic) => !isKnown(topics[topic], both, snapshot));
  const ofPool = all.filter(({ advertisement }) => takesPool(advertisement, pool, snapshot));
  const { service } = announced;
  const taking = ofPool.filter(({ advertisement }) => takesLabels(advertisement.spec?.serviceSelectors, service));
  if (taking.length === 0 && unseen.length > 0) return { unseen };
  if (ofPool.length === 0) return { silence: unannouncedPool(pool, all, snapshot) };
  if (taking.length === 0) return { silence: unselectedService(ofPool) };
  const silence = silentNodes(announced, taking, unseen.length === 0, snapshot);
  return silence ? { silence } : {};
}

const advertisementTopics = ['l2Advertisements', 'bgpAdvertisements'] as const satisfies readonly Topic[];

function unannouncedPool(pool: string, all: readonly Known[], snapshot: Snapshot): Silence {
  return {
    cause: `no advertisement announces its pool ${pool}`,
    cures: [announcing(pool, all, snapshot)],
    objects: [{ kind: 'IPAddressPool', namespace: '', name: pool }],
    isOfLocalPolicy: false,
    isSure: true,
  };
}

function unselectedService(ofPool: readonly Known[]): Silence {
  return {
    cause: `no advertisement of its pool takes this Service: the serviceSelectors of ${ofPool.map(wordsOf).join(' and ')} select others`,
    cures: ofPool.slice(0, 1).map((known) => withoutSelectors(known, 'serviceSelectors', 'announces every Service')),
    objects: ofPool.map(referenceOf),
    isOfLocalPolicy: false,
    isSure: true,
  };
}

/**
 * Reports that no node may announce the address, with the reason of each node, such as its label or a missing speaker.
 * Undefined if at least one node may announce the address.
 */
function silentNodes(
  { service, readyNodes }: Announced,
  taking: readonly Known[],
  areAllSeen: boolean,
  snapshot: Snapshot,
): Silence | undefined {
  const { nodes } = snapshot.topics;
  // Without a ready Pod, no node announces the address either. Other checks report this.
  if (!nodes.observed || nodes.cutOff || nodes.items.length === 0 || readyNodes?.size === 0) return undefined;
  const speakers = speakersIn(snapshot);
  const readyAt = new Set(speakers.filter(isReady).map(({ spec }) => spec?.nodeName));
  const areExcluded = honoursExcludeLabel(speakers);
  const refusalsOf = (node: Node): Refusal[] => {
    const name = node.metadata?.name ?? '';
    return [
      ...(areExcluded && isExcluded(node) ? (['excluded'] as const) : []),
      ...(hasNoNetwork(node) ? (['no-network'] as const) : []),
      ...(areAllSeen && !taking.some((each) => selectsNode(each, node)) ? (['not-selected'] as const) : []),
      ...(speakers.length > 0 && !readyAt.has(name) ? (['no-speaker'] as const) : []),
      ...(isLocal(service) && readyNodes && !readyNodes.has(name) ? (['no-endpoint'] as const) : []),
    ];
  };
  if (nodes.items.some((node) => refusalsOf(node).length === 0)) return undefined;
  const refusing = nodes.items.map(
    (node): RefusingNode => ({ node: node.metadata?.name ?? '', refusals: refusalsOf(node) }),
  );
  const words = refusing.map(({ node, refusals }) => ({ node, why: refusalWords(refusals[0]!, taking) }));
  const isDeciding = (refusal: Refusal) => refusing.some(({ refusals }) => refusals.includes(refusal));
  return {
    cause: `no node may announce it: ${nodeWords(words)}`,
    cures: nodeCures(refusing, taking, speakers, snapshot),
    objects: refusing.map(({ node }) => ({ kind: 'Node', namespace: '', name: node })),
    isOfLocalPolicy: nearestTo(refusing).some(({ refusals }) => refusals.includes('no-endpoint')),
    // Only the arguments of the speakers show whether the label excludes a node.
    isSure: speakers.length > 0 || !isDeciding('excluded'),
  };
}

function refusalWords(refusal: Refusal, taking: readonly Known[]): string {
  switch (refusal) {
    case 'excluded':
      return `is excluded by its label ${excludeLabel}`;
    case 'no-network':
      return 'has no network (condition NetworkUnavailable)';
    case 'not-selected':
      return `is not selected by the nodeSelectors of ${taking.map(wordsOf).join(' or ')}`;
    case 'no-speaker':
      return "has no ready speaker of MetalLB's";
    case 'no-endpoint':
      return 'has no ready Pod of the Service, which its externalTrafficPolicy Local asks for';
  }
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.find(({ type }) => type === 'Ready')?.status !== 'False';
}

function hasNoNetwork({ status }: Node): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'NetworkUnavailable' && is === 'True') ?? false;
}

/**
 * Whether an advertisement announces a pool. An advertisement without pool names and pool selectors announces all
 * pools. If the pool was not seen, every selector counts as a match.
 */
function takesPool({ spec }: Advertisement, pool: string, { topics }: Snapshot): boolean {
  const { ipAddressPools = [], ipAddressPoolSelectors = [] } = spec ?? {};
  if (ipAddressPools.length === 0 && ipAddressPoolSelectors.length === 0) return true;
  if (ipAddressPools.includes(pool)) return true;
  const found = itemsOf(topics.addressPools).find(({ metadata }) => metadata?.name === pool);
  const labels = found?.metadata?.labels ?? {};
  return ipAddressPoolSelectors.some((selector) => !found || labelSelectorTakes(selector, labels));
}

function selectsNode({ advertisement }: Known, node: Node): boolean {
  return takesLabels(advertisement.spec?.nodeSelectors, node);
}

function takesLabels(
  selectors: NonNullable<Advertisement['spec']>['nodeSelectors'] = [],
  { metadata }: Pick<Node, 'metadata'>,
): boolean {
  return selectors.length === 0 || selectors.some((selector) => labelSelectorTakes(selector, metadata?.labels ?? {}));
}

function referenceOf({ kind, advertisement }: Known): ObjectReference {
  return referenceTo(kindOf(kind), advertisement);
}
