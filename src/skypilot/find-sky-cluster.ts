import type { SkyCluster } from './sky-cluster.ts';

/** What was found for a name from the command line. */
export type Found<T> =
  | { readonly found: 'one'; readonly skyCluster: T }
  | { readonly found: 'several'; readonly candidates: readonly T[] }
  | { readonly found: 'none' };

/**
 * Looks up a SkyPilot cluster by display name or name on the cloud. An exact match is preferred to the beginning of a
 * name. Only commands that read accept the beginning. A command that writes must not change a cluster if the user did
 * not type its whole name.
 */
export function findSkyCluster<T extends Pick<SkyCluster, 'displayName' | 'nameOnCloud'>>(
  name: string,
  skyClusters: readonly T[],
  options: { readonly prefix: boolean },
): Found<T> {
  const exact = skyClusters.filter((each) => each.displayName === name || each.nameOnCloud === name);
  if (exact.length > 0 || !options.prefix || name === '') return foundOf(exact);
  return foundOf(skyClusters.filter((each) => each.displayName.startsWith(name) || each.nameOnCloud.startsWith(name)));
}

function foundOf<T>(candidates: readonly T[]): Found<T> {
  if (candidates.length === 0) return { found: 'none' };
  if (candidates.length === 1) return { found: 'one', skyCluster: candidates[0]! };
  return { found: 'several', candidates };
}
