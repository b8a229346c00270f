import type { SkyCluster } from '../skypilot/sky-cluster.ts';

/** `SkyPilot cluster train (train-2ea485ef)`; the second name only where it differs. */
export function displayOf({ displayName, nameOnCloud }: Pick<SkyCluster, 'displayName' | 'nameOnCloud'>): string {
  return displayName === nameOnCloud
    ? `SkyPilot cluster ${nameOnCloud}`
    : `SkyPilot cluster ${displayName} (${nameOnCloud})`;
}
