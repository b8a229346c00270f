import type { SkyCluster } from './sky-cluster.ts';

/**
 * Whether every shell reads a name as one plain word, and every command reads it as a name, not as an option or a port.
 */
export function isPlainName(name: string): boolean {
  return name.length <= 253 && /^[A-Za-z0-9._][A-Za-z0-9._-]*$/.test(name) && !/^\d[\d-]*$/.test(name);
}

/**
 * A name that the user typed, for a suggested command. A placeholder replaces a name that the command would read as an
 * option.
 */
export function typedOperand(name: string): string {
  return name.startsWith('-') ? 'SKYCLUSTER' : name;
}

/** A SkyPilot cluster, or an endpoint of a SkyPilot cluster. In an endpoint, `skyCluster` is the display name. */
type Named =
  | Pick<SkyCluster, 'displayName' | 'nameOnCloud'>
  | { readonly skyCluster: string; readonly nameOnCloud: string };

/**
 * The name of a SkyPilot cluster for a suggested command. The template of the command quotes the name. A display name
 * is an annotation, so the creator of the Pod chooses it freely. If the display name is not a plain word, the result is
 * the name on the cloud, which Kubernetes validates.
 */
export function operandOf(named: Named): string {
  const displayName = 'skyCluster' in named ? named.skyCluster : named.displayName;
  // Only a dump can have a name on the cloud that Kubernetes would refuse.
  return isPlainName(displayName) ? displayName : named.nameOnCloud.replace(/^-+/, '');
}

/**
 * The name for SkyPilot's own commands, which accept only display names. Undefined for a name that SkyPilot would
 * refuse.
 */
export function skyOperandOf(displayName: string): string | undefined {
  return isPlainName(displayName) ? displayName : undefined;
}
