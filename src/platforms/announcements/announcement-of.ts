import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Announced, Announcement } from './announcement.ts';
import { ciliumAnnouncement } from './cilium.ts';
import { cloudAnnouncement } from './cloud.ts';
import { kubeVipAnnouncement } from './kube-vip.ts';
import { metallbAnnouncement } from './metallb.ts';

/** By the marks that each implementation leaves on its Services, so none is taken for another. */
const known: readonly {
  readonly title: string;
  readonly of: (announced: Announced, snapshot: Snapshot) => Announcement | undefined;
}[] = [
  { title: 'MetalLB', of: metallbAnnouncement },
  { title: 'kube-vip', of: kubeVipAnnouncement },
  { title: 'Cilium', of: ciliumAnnouncement },
  { title: 'a cloud', of: cloudAnnouncement },
];

/** Who announces an address, and the implementation that says so. */
export interface KnownAnnouncement extends Announcement {
  readonly by: string;
}

/** Who announces the address of a Service; undefined if its implementation is unknown, or shows nothing of it. */
export function announcementOf(announced: Announced, snapshot: Snapshot): KnownAnnouncement | undefined {
  for (const { title, of } of known) {
    const found = of(announced, snapshot);
    if (found) return { by: title, ...found };
  }
  return undefined;
}
