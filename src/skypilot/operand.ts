import type { SkyCluster } from './sky-cluster.ts';

/** Whether a name is a word that every shell and every command takes as it is, and that no command takes for an option or a port. */
export function isPlainName(name: string): boolean {
  return name.length <= 253 && /^[A-Za-z0-9._][A-Za-z0-9._-]*$/.test(name) && !/^\d[\d-]*$/.test(name);
}

/** A name that was typed, in a suggested command of ours: one that begins with a dash would be an option there. */
export function typedOperand(name: string): string {
  return name.startsWith('-') ? 'SKYCLUSTER' : name;
}

/** A SkyPilot cluster, or a row of one (whose `skyCluster` is the display name). */
type Named =
  | Pick<SkyCluster, 'displayName' | 'nameOnCloud'>
  | { readonly skyCluster: string; readonly nameOnCloud: string };

/**
 * How a SkyPilot cluster is named in a suggested command of ours; the template of the command quotes it. A display name is an
 * annotation: who makes the Pod chooses it. One that is not a plain word is replaced by the name on the cloud, which
 * Kubernetes checks.
 */
export function operandOf(named: Named): string {
  const displayName = 'skyCluster' in named ? named.skyCluster : named.displayName;
  // Only a dump can have a name on the cloud that Kubernetes would refuse.
  return isPlainName(displayName) ? displayName : named.nameOnCloud.replace(/^-+/, '');
}

/** How SkyPilot's own commands take it: they know display names alone. Undefined for one that SkyPilot itself would not allow. */
export function skyOperandOf(displayName: string): string | undefined {
  return isPlainName(displayName) ? displayName : undefined;
}
