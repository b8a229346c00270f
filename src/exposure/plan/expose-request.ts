import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import type { PortMapping } from '../port-mapping.ts';
import type { ExposeMode } from '../port-mode-names.ts';
import type { MetadataChanges } from './manifest.ts';

/** Whether the app sees a path without its prefix, or whole. */
export const rewrites = ['strip', 'keep'] as const;
export type Rewrite = (typeof rewrites)[number];

/**
 * Ports that need annotations which hold for a whole Ingress. Each set has one Ingress, so that the other ports keep theirs.
 */
export interface IngressSet {
  /** End of the Ingress's name, a DNS label such as `auth`; '' for the usual set. */
  readonly name: string;
  /** What its Ingress is annotated with besides what every Ingress of ours has. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** The set that ports are in if nothing asks for another one. */
export const usualSet: IngressSet = { name: '', annotations: {} };

/** What `expose` was asked; an undefined option was not named, so it keeps what is there. */
export interface ExposeRequest {
  readonly skyCluster: SkyCluster;
  readonly mode: ExposeMode;
  /** Ascending, not empty. */
  readonly ports: readonly PortMapping[];
  readonly annotations: MetadataChanges;
  readonly labels: MetadataChanges;
  readonly allNodes: boolean | undefined;
  readonly loadBalancerClass: string | undefined;
  /** CIDRs; empty removes them. */
  readonly sourceRanges: readonly string[] | undefined;
  readonly externalTrafficPolicy?: 'Cluster' | 'Local' | undefined;
  /** `spec.loadBalancerIP`, for the few load balancers that know nothing else. */
  readonly loadBalancerIP?: string | undefined;
  /** False makes the Service without nodePorts; at its creation alone. */
  readonly allocateNodePorts?: false | undefined;
  /** The Service port that stands first, for load balancers that probe the first alone. */
  readonly firstPort?: number | undefined;
  readonly ingressClass: string | undefined;
  /** Undefined: the set that a port is in already, else the usual one. */
  readonly ingressSet?: IngressSet | undefined;
  /** Starts with a slash and does not end with one; '' is the root. */
  readonly path: string | undefined;
  readonly rewrite: Rewrite | undefined;
  /** '' removes it. */
  readonly host: string | undefined;
  readonly tlsSecret: string | undefined;
  /** Overrides refusals that are there for the user's protection. */
  readonly force: boolean;
}
