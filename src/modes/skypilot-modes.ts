import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import { parseIngressName, parseServiceName } from '../skypilot/names.ts';
import type { SkyPilotPortMode } from '../skypilot/port-modes.ts';
import { itemsOf } from '../snapshot/topics.ts';

/**
 * The modes in which SkyPilot itself opened ports. Its objects show them. The key is `namespace/nameOnCloud`. A
 * SkyPilot cluster without such objects is missing here: it has no open ports, or its mode is podip.
 */
export function skyPilotModesOf(view: SnapshotIndex): ReadonlyMap<string, Exclude<SkyPilotPortMode, 'podip'>> {
  const modes = new Map<string, 'loadbalancer' | 'ingress'>();
  for (const { metadata } of itemsOf(view.snapshot.topics.ingresses)) {
    const made = parseIngressName(metadata?.name ?? '');
    if (made?.role === 'ingress') modes.set(`${metadata?.namespace}/${made.nameOnCloud}`, 'ingress');
  }
  for (const { metadata } of view.services.values()) {
    const made = parseServiceName(metadata?.name ?? '');
    const key = `${metadata?.namespace}/${made?.nameOnCloud}`;
    if (made?.role === 'load-balancer') modes.set(key, 'loadbalancer');
    else if (made && !modes.has(key)) modes.set(key, 'ingress');
  }
  return modes;
}
