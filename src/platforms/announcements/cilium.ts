import type { Node, Service } from 'kubernetes-types/core/v1';
import { type Cure, command, cure } from '../../errors/cure.ts';
import { type ObjectReference, referenceTo } from '../../snapshot/object-reference.ts';
import { labelSelectorTakes, selectorText } from '../../snapshot/selector.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { type CiliumBgpAdvertisement, type CiliumL2Policy, itemsOf, type Topic } from '../../snapshot/topics.ts';
import { namespaceKey, selectableLabelsOf } from '../cilium-pools.ts';
import { applyCommand } from '../manifest-command.ts';
import { type Announced, type Announcement, isKnown, type Silence } from './announcement.ts';

// Sources: https://github.com/cilium/cilium/blob/main/pkg/l2announcer/l2announcer.go (one Lease for each Service),
// https://docs.cilium.io/en/stable/network/l2-announcements/, https://docs.cilium.io/en/stable/network/bgp-control-plane/

const classes = { byArp: 'io.cilium/l2-announcer', byBgp: 'io.cilium/bgp-control-plane' };

/**
 * The node that announces an address of Cilium, or why no node does. Undefined if the address is not from Cilium, or if
 * Node IPAM gave the address of a node.
 */
export function ciliumAnnouncement({ service }: Announced, snapshot: Snapshot): Announcement | undefined {
  if (!isOfCilium(service)) return undefined;
  const holder = leaseHolder(service, snapshot);
  if (holder) return { nodes: [holder] };
  const unseen = unseenOf(service, snapshot);
  if (unseen.length > 0) return { unseen };
  const silence = silenceOf(service, snapshot);
  return silence ? { silence } : {};
}

/**
 * Whether Cilium may announce the Service. If the Service has a class, the class decides. Otherwise, Cilium announces
 * the Service if LB IPAM of Cilium gave the address.
 */
export function isOfCilium(service: Service): boolean {
  const { loadBalancerClass } = service.spec ?? {};
  if (loadBalancerClass) return Object.values(classes).includes(loadBalancerClass);
  return hasIpOfCilium(service);
}

/** Whether LB IPAM of Cilium reports that it gave the address. */
export function hasIpOfCilium({ status }: Service): boolean {
  const conditions = status?.conditions ?? [];
  return conditions.some(({ type, status: is }) => type === 'cilium.io/IPAMRequestSatisfied' && is === 'True');
}

/** The node that answers ARP requests for the Service. */
function leaseHolder({ metadata }: Service, { topics }: Snapshot): string | undefined {
  const name = `cilium-l2announce-${metadata?.namespace}-${metadata?.name}`;
  const lease = itemsOf(topics.leases).find((each) => each.metadata?.name === name);
  return lease?.spec?.holderIdentity || undefined;
}

/** Which kinds of announcements are possible for the Service. Its class decides. */
function waysOf({ spec }: Service) {
  const { loadBalancerClass } = spec ?? {};
  return { mayBeArp: loadBalancerClass !== classes.byBgp, mayBeBgp: loadBalancerClass !== classes.byArp };
}

/**
 * The topics that were not seen and that may contain an announcement for the Service. Empty if such an announcement was
 * seen elsewhere.
 */
function unseenOf(service: Service, snapshot: Snapshot): Topic[] {
  const { topics } = snapshot;
  const { mayBeArp, mayBeBgp } = waysOf(service);
  const { ciliumL2Policies, ciliumBgpAdvertisements, ciliumPools } = topics;
  const deciding = [
    ...(mayBeArp ? (['ciliumL2Policies'] as const) : []),
    ...(mayBeBgp ? (['ciliumBgpAdvertisements'] as const) : []),
  ];
  const all = [ciliumPools, ciliumL2Policies, ciliumBgpAdvertisements];
  const unseen = deciding.filter((topic) => !isKnown(topics[topic], all, snapshot));
  const isByBgp = mayBeBgp && itemsOf(ciliumBgpAdvertisements).some((each) => advertises(each, service));
  const announces = (policy: CiliumL2Policy) =>
    topics.nodes.observed
      ? refusalOf(policy, service, topics.nodes.items) === undefined
      : isForService(policy, service) && policy.spec?.loadBalancerIPs;
  const isByArp = mayBeArp && itemsOf(ciliumL2Policies).some(announces);
  return isByBgp || isByArp ? [] : unseen;
}

function silenceOf(service: Service, snapshot: Snapshot): Silence | undefined {
  const { topics } = snapshot;
  const { ciliumL2Policies: policies, ciliumBgpAdvertisements: advertisements, nodes } = topics;
  const { mayBeArp, mayBeBgp } = waysOf(service);
  if (!nodes.observed || nodes.cutOff) return undefined;
  const l2 = mayBeArp
    ? itemsOf(policies).map((policy) => ({ policy, why: refusalOf(policy, service, nodes.items) }))
    : [];
  const isByBgp = mayBeBgp && itemsOf(advertisements).some((each) => advertises(each, service));
  if (isByBgp || l2.some(({ why }) => why === undefined)) return undefined;
  const byBgp = mayBeBgp ? itemsOf(advertisements).filter(isOfServices) : [];
  const refusals = [
    ...l2.map(({ policy, why }) => `CiliumL2AnnouncementPolicy ${policy.metadata?.name} ${why}`),
    ...byBgp.map((each) => `CiliumBGPAdvertisement ${each.metadata?.name} ${whyNot(each)}`),
  ];
  const none = mayBeArp ? 'no CiliumL2AnnouncementPolicy' : 'no CiliumBGPAdvertisement';
  const both = mayBeArp && mayBeBgp ? `${none} and no CiliumBGPAdvertisement` : none;
  return {
    cause: `${both} takes it${refusals.length > 0 ? `: ${refusals.slice(0, 3).join(', ')}` : ''}`,
    cures: [
      ...(byBgp.length > 0 || !mayBeArp ? [look] : []),
      ...(mayBeArp ? announcing(service, l2.find(({ policy }) => isForService(policy, service)) ?? l2[0]) : []),
    ],
    objects: l2.map(({ policy }): ObjectReference => referenceTo('CiliumL2AnnouncementPolicy', policy)),
    isOfLocalPolicy: false,
    // CiliumBGPPeeringPolicies also announce Services, but this plugin does not read them. They do not matter if an L2
    // policy for the Service shows that a user has chosen ARP.
    isSure: !mayBeBgp || byBgp.length > 0 || l2.some(({ why }) => why?.startsWith(selectsNoNode)),
  };
}

const selectsNoNode = 'selects no node';

const look = cure(
  command`kubectl get ciliumbgpadvertisements -o yaml`,
  'shows what Cilium announces by BGP; an advertisement of Services needs a selector that takes this one',
);

/** Why a policy does not announce the Service; undefined if the policy announces it. */
function refusalOf(policy: CiliumL2Policy, service: Service, nodes: readonly Node[]): string | undefined {
  const { spec } = policy;
  if (!isForService(policy, service)) return 'selects other Services';
  if (!spec?.loadBalancerIPs) return 'does not announce addresses of load balancers (loadBalancerIPs)';
  const isSelected = nodes.some(({ metadata }) => labelSelectorTakes(spec.nodeSelector, metadata?.labels ?? {}));
  if (isSelected) return undefined;
  return `${selectsNoNode}, because none has the labels of its nodeSelector (${selectorText(spec.nodeSelector)})`;
}

function isForService({ spec }: CiliumL2Policy, service: Service): boolean {
  return labelSelectorTakes(spec?.serviceSelector, selectableLabelsOf(service));
}

function isOfServices({ spec }: CiliumBgpAdvertisement): boolean {
  return (spec?.advertisements ?? []).some(({ advertisementType }) => advertisementType === 'Service');
}

/** Why an advertisement for Services does not announce this Service's address. */
function whyNot({ spec }: CiliumBgpAdvertisement): string {
  const ofServices = (spec?.advertisements ?? []).filter(({ advertisementType }) => advertisementType === 'Service');
  if (ofServices.every(({ selector }) => selector === undefined)) return 'has no selector, and so takes no Service';
  const isOfAddress = ofServices.some(({ service }) => service?.addresses?.includes('LoadBalancerIP'));
  return isOfAddress ? 'selects other Services' : 'does not name LoadBalancerIP among its addresses';
}

/**
 * Whether an advertisement announces the Service's address. Without a selector, an advertisement for Services announces
 * nothing.
 */
function advertises({ spec }: CiliumBgpAdvertisement, service: Service): boolean {
  return (spec?.advertisements ?? []).some(
    ({ advertisementType, service: of, selector }) =>
      advertisementType === 'Service' &&
      (of?.addresses ?? []).includes('LoadBalancerIP') &&
      selector !== undefined &&
      labelSelectorTakes(selector, selectableLabelsOf(service)),
  );
}

function announcing(
  { metadata }: Service,
  first: { readonly policy: CiliumL2Policy; readonly why: string | undefined } | undefined,
): Cure[] {
  if (first?.why?.includes('loadBalancerIPs')) {
    const { name = '' } = first.policy.metadata ?? {};
    const patch = JSON.stringify({ spec: { loadBalancerIPs: true } });
    return [
      cure(
        command`kubectl patch ciliuml2announcementpolicy ${name} --type=merge -p ${patch}`,
        'announces addresses of load balancers too',
      ),
    ];
  }
  if (first?.why?.startsWith(selectsNoNode)) {
    const { name = '' } = first.policy.metadata ?? {};
    return [
      cure(
        command`kubectl patch ciliuml2announcementpolicy ${name} --type=merge -p ${'{"spec":{"nodeSelector":null}}'}`,
        'announces from every node',
      ),
    ];
  }
  const { namespace = '' } = metadata ?? {};
  return [
    cure(
      applyCommand({
        apiVersion: 'cilium.io/v2alpha1',
        kind: 'CiliumL2AnnouncementPolicy',
        metadata: { name: `skyports-${namespace}` },
        spec: { loadBalancerIPs: true, serviceSelector: { matchLabels: { [namespaceKey]: namespace } } },
      }),
      `announces the load balancers of namespace ${namespace} by ARP, where Cilium runs with l2announcements.enabled`,
    ),
  ];
}
