import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import type { PortMapping } from '../port-mapping.ts';
import type { MetadataChanges } from './manifest.ts';

/** The modes `expose` can write or print. */
export const exposeModes = ['loadbalancer', 'ingress', 'podip', 'nodeport'] as const;
export type ExposeMode = (typeof exposeModes)[number];

/** Whether the app sees a path without its prefix, or whole. */
export const rewrites = ['strip', 'keep'] as const;
export type Rewrite = (typeof rewrites)[number];

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
  /** Starts with a slash and does not end with one; '' is the root. */
  readonly path: string | undefined;
  readonly rewrite: Rewrite | undefined;
  /** '' removes it. */
  readonly host: string | undefined;
  readonly tlsSecret: string | undefined;
  /** Overrides refusals that are there for the user's protection. */
  readonly force: boolean;
}
