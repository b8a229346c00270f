import type { SkyCluster } from './sky-cluster.ts';

/** Whether a name needs no quotes in any shell, and no command reads it as an option or a port. */
export function isPlainName(name: string): boolean {
  return name.length <= 253 && /^[A-Za-z0-9._][A-Za-z0-9._-]*$/.test(name) && !/^\d[\d-]*$/.test(name);
}

/**
 * The name that the user typed, for a suggested command. If the command would read it as an option, a placeholder
 * replaces it.
 */
export function typedOperand(name: string): string {
  return name.startsWith('-') ? 'SKYCLUSTER' : name;
}

/** A SkyPilot cluster or one of its endpoints. In an endpoint, `skyCluster` is the display name. */
type Named =
  | Pick<SkyCluster, 'displayName' | 'nameOnCloud'>
  | { readonly skyCluster: string; readonly nameOnCloud: string };

/**
 * The name of a SkyPilot cluster for a suggested command. It is the display name, if that is a plain word. Otherwise,
 * it is the name on the cloud, which Kubernetes validates. (The creator of a Pod can choose any display name, because
 * it is an annotation.) The template of the command quotes the name.
 */
export function operandOf(named: Named): string {
  const displayName = 'skyCluster' in named ? named.skyCluster : named.displayName;
  // A name on the cloud begins with a dash only in a manipulated dump, because Kubernetes refuses such a name.
  return isPlainName(displayName) ? displayName : named.nameOnCloud.replace(/^-+/, '');
}

/**
 * The name for SkyPilot's own commands, which accept only display names. Undefined if SkyPilot would refuse the name.
 */
export function skyOperandOf(displayName: string): string | undefined {
  return isPlainName(displayName) ? displayName : undefined;
}
