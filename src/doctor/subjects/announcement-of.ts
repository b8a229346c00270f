import type { Announcement } from '../../platforms/announcements/announcement.ts';
import { ciliumAnnouncement } from '../../platforms/announcements/cilium.ts';
import { cloudAnnouncement } from '../../platforms/announcements/cloud.ts';
import { metallbAnnouncement } from '../../platforms/announcements/metallb.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { kubeVipPodsAnnouncement, serviceLbAnnouncement } from './announcing-pods.ts';
import type { BalancedService } from './balanced-services.ts';

/**
 * The implementations that show which node announces an address. Each of them sets fields on its own Services, and
 * recognizes its Services by these fields.
 */
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

/** An announcement, and the name of the implementation that it comes from. */
export interface KnownAnnouncement extends Announcement {
  readonly by: string;
}

/**
 * Finds the announcement of a Service's addresses. Undefined if the implementation is unknown, or if it reports no
 * announcement.
 */
export function announcementOf(announced: BalancedService, snapshot: Snapshot): KnownAnnouncement | undefined {
  for (const { title, of } of known) {
    const found = of(announced, snapshot);
    if (found) return { by: title, ...found };
  }
  return undefined;
}
