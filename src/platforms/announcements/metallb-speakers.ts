import type { Pod } from 'kubernetes-types/core/v1';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { itemsOf } from '../../snapshot/topics.ts';

/**
 * Label selector for the speakers from MetalLB's own manifests (config/manifests), which lack the label
 * `app.kubernetes.io/name`.
 */
export const speakerSelector = 'app=metallb,component=speaker';

/**
 * MetalLB's Pods that were seen. Pods of the Helm chart have the label `app.kubernetes.io/name`. Pods of the manifests
 * have the label `app`.
 */
export function metallbPods({ topics }: Snapshot): Pod[] {
  const all = [...itemsOf(topics.loadBalancerPods), ...itemsOf(topics.metallbSpeakers)];
  const byName = new Map(all.map((pod) => [`${pod.metadata?.namespace}/${pod.metadata?.name}`, pod]));
  return [...byName.values()].filter(({ metadata }) => {
    const labels = metadata?.labels ?? {};
    return labels['app.kubernetes.io/name'] === 'metallb' || labels.app === 'metallb';
  });
}

/** The speakers: the Pods that announce addresses. */
export function speakersIn(snapshot: Snapshot): Pod[] {
  return metallbPods(snapshot).filter(isSpeaker);
}

function isSpeaker({ metadata }: Pod): boolean {
  const labels = metadata?.labels ?? {};
  return [labels['app.kubernetes.io/component'], labels.component].includes('speaker');
}

/**
 * Whether the speakers leave out nodes with the label exclude-from-external-load-balancers. Speakers do this since
 * 0.14, but not with the flag --ignore-exclude-lb (https://metallb.io/release-notes/, 0.14.0 and 0.14.4).
 */
export function honoursExcludeLabel(speakers: readonly Pod[]): boolean {
  const containers = speakers.flatMap(({ spec }) => spec?.containers ?? []);
  const args = containers.flatMap((container) => container.args ?? []);
  if (args.some((arg) => /^--?ignore-exclude-lb(?:=true)?$/.test(arg))) return false;
  return !containers.some(({ image = '' }) => isBefore014(image));
}

function isBefore014(image: string): boolean {
  const [, minor] = /speaker:v0\.(\d+)\./.exec(image) ?? [];
  return minor !== undefined && Number(minor) < 14;
}
