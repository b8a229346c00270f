import { podip } from '../../modes/podip/mode.ts';
import { portsOfSkyConfig } from '../../skypilot/config.ts';
import { kindContext } from '../../skypilot/names.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import type { Scene } from '../scene.ts';

/** Whether podip mode is asked about, or configured for new clusters. No object of the cluster would tell. */
export function isPodIpMode({
  context,
  subject,
  perhaps,
}: Pick<Scene<never, 'skyConfig'>, 'context' | 'subject' | 'perhaps'>): boolean {
  if (subject.mode) return subject.mode === podip.name;
  if (context === kindContext) return false;
  return portsOfSkyConfig(itemsOf(perhaps.skyConfig), context).ports?.value === podip.skyPilotPorts;
}
