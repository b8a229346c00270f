import type { Announcement } from '../../platforms/announcements/announcement.ts';
import { ciliumAnnouncement } from '../../platforms/announcements/cilium.ts';
import { cloudAnnouncement } from '../../platforms/announcements/cloud.ts';
import { metallbAnnouncement } from '../../platforms/announcements/metallb.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { kubeVipPodsAnnouncement, serviceLbAnnouncement } from './announcing-pods.ts';
import type { BalancedService } from './balanced-services.ts';

/** By the marks that each implementation leaves on its Services, so none is taken for another. */
const known: readonly {
  readonly title: string;
  readonly of: (announced: BalancedService, snapshot: Snapshot) => Announcement | undefined;
}[] = [
  { title: 'MetalLB', of: metallbAnnouncement },
  { title: 'kube-vip', of: kubeVipPodsAnnouncement },
  { title: 'Cilium', of: ciliumAnnouncement },
  { title: 'ServiceLB', of: serviceLbAnnouncement },
  { title: 'a cloud', of: cloudAnnouncement },
];

/** Who announces an address, and the implementation that says so. */
export interface KnownAnnouncement extends Announcement {
  readonly by: string;
}

/** Who announces the address of a Service; undefined if its implementation is unknown, or shows nothing of it. */
export function announcementOf(announced: BalancedService, snapshot: Snapshot): KnownAnnouncement | undefined {
  for (const { title, of } of known) {
    const found = of(announced, snapshot);
    if (found) return { by: title, ...found };
  }
  return undefined;
}
