import { collectionPath, type ResourceKind } from '../snapshot/resource-paths.ts';
import type { Snapshot, TopicRequest, TopicRequests } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';

/** Requests Cilium's pools. Their API version is v2 since Cilium 1.18; older releases have v2alpha1. */
export const ciliumPoolsRequest: TopicRequest = {
  path: collectionPath('CiliumLoadBalancerIPPool', null),
  olderPath: '/apis/cilium.io/v2alpha1/ciliumloadbalancerippools',
};

/** Requests Cilium's announcements by BGP. Their API version is v2 since Cilium 1.18; older releases have v2alpha1. */
const ciliumBgpRequest: TopicRequest = {
  path: collectionPath('CiliumBGPAdvertisement', null),
  olderPath: '/apis/cilium.io/v2alpha1/ciliumbgpadvertisements',
};

/** Requests the pools and the announcements of MetalLB and of Cilium, if the API server serves their API groups. */
export function customResourceRequests({ topics }: Snapshot): {
  readonly pools: TopicRequests;
  readonly announcements: TopicRequests;
} {
  const groups = new Set(itemsOf(topics.apiGroups).map(({ name }) => name));
  const all = (kind: ResourceKind) => ({ path: collectionPath(kind, null) });
  const isMetallb = groups.has('metallb.io');
  const isCilium = groups.has('cilium.io');
  return {
    pools: {
      ...(isMetallb && { addressPools: all('IPAddressPool') }),
      ...(isCilium && { ciliumPools: ciliumPoolsRequest }),
    },
    announcements: {
      ...(isMetallb && {
        l2Advertisements: all('L2Advertisement'),
        bgpAdvertisements: all('BGPAdvertisement'),
        serviceL2Statuses: all('ServiceL2Status'),
      }),
      ...(isCilium && {
        ciliumL2Policies: all('CiliumL2AnnouncementPolicy'),
        leases: { path: collectionPath('Lease', 'kube-system') },
        ciliumBgpAdvertisements: ciliumBgpRequest,
      }),
    },
  };
}
