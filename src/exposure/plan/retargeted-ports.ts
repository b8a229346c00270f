import type { Service } from 'kubernetes-types/core/v1';
import { keyOf } from '../../snapshot/object-reference.ts';
import type { PlannedWrite } from '../../snapshot/plan.ts';
import type { View } from '../view.ts';

/** A line for each open Service port that a plan turns to another port of the Pod: its callers will meet another app. */
export function retargetedPorts(view: View, writes: readonly PlannedWrite[]): string[] {
  return writes.flatMap(({ manifest }) => {
    const live = view.services.get(keyOf(manifest));
    if (manifest.kind !== 'Service' || !live) return [];
    const before = new Map((live.spec?.ports ?? []).map(({ port, targetPort = port }) => [port, targetPort]));
    return ((manifest as Service).spec?.ports ?? []).flatMap(({ port, targetPort = port }) => {
      const earlier = before.get(port) ?? targetPort;
      if (earlier === targetPort) return [];
      return `port ${port} of Service ${manifest.metadata?.name} led to Pod port ${earlier} and now leads to ${targetPort}`;
    });
  });
}
