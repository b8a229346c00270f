import { collectionPath } from '../snapshot/resource-paths.ts';
import type { Snapshot, TopicRequest, TopicRequests } from '../snapshot/snapshot.ts';
import { itemsOf } from '../snapshot/topics.ts';

/** Cilium's pools: in v2 since Cilium 1.18, in v2alpha1 before. */
export const ciliumPoolsRequest: TopicRequest = {
  path: collectionPath('CiliumLoadBalancerIPPool', null),
  olderPath: '/apis/cilium.io/v2alpha1/ciliumloadbalancerippools',
};

/** Custom resources that show what gives addresses, the most reliable first, if the API server serves their group. */
export function customResourceRequests({ topics }: Snapshot): TopicRequests {
  const groups = new Set(itemsOf(topics.apiGroups).map(({ name }) => name));
  const all = (kind: 'IPAddressPool' | 'L2Advertisement' | 'BGPAdvertisement') => ({
    path: collectionPath(kind, null),
  });
  return {
    ...(groups.has('metallb.io') && { addressPools: all('IPAddressPool') }),
    ...(groups.has('cilium.io') && { ciliumPools: ciliumPoolsRequest }),
    ...(groups.has('metallb.io') && {
      l2Advertisements: all('L2Advertisement'),
      bgpAdvertisements: all('BGPAdvertisement'),
    }),
  };
}
