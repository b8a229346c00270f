import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import type { PortMapping } from '../port-mapping.ts';
import type { ExposeMode } from '../port-mode-names.ts';
import type { MetadataChanges } from './manifest.ts';

/** Whether the app sees a path without its prefix (`strip`) or with it (`keep`). */
export const rewrites = ['strip', 'keep'] as const;
export type Rewrite = (typeof rewrites)[number];

/**
 * Ports that need their own annotations on an Ingress. Each set has its own Ingress, so other ports are not affected.
 */
export interface IngressSet {
  /** Suffix of the Ingress's name, a DNS label such as `auth`; '' for the usual set. */
  readonly name: string;
  /** Annotations of its Ingress in addition to those that this plugin always sets. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** The set of a port if no other set is requested. */
export const usualSet: IngressSet = { name: '', annotations: {} };

/** The options of `expose`. An undefined option was not given, so the existing value stays. */
export interface ExposeRequest {
  readonly skyCluster: SkyCluster;
  readonly mode: ExposeMode;
  /** Ascending, not empty. */
  readonly ports: readonly PortMapping[];
  readonly annotations: MetadataChanges;
  readonly labels: MetadataChanges;
  readonly allNodes: boolean | undefined;
  readonly loadBalancerClass: string | undefined;
  /** CIDRs; an empty list removes all of them. */
  readonly sourceRanges: readonly string[] | undefined;
  readonly externalTrafficPolicy?: 'Cluster' | 'Local' | undefined;
  /** `spec.loadBalancerIP`, for load balancers that have no other way to request an address. */
  readonly loadBalancerIP?: string | undefined;
  /** False creates the Service without nodePorts. It has no effect on an existing Service. */
  readonly allocateNodePorts?: false | undefined;
  /** The Service port to list first, for load balancers that only probe the first port. */
  readonly firstPort?: number | undefined;
  readonly ingressClass: string | undefined;
  /** Undefined keeps a port in its set, else puts it into the usual one. */
  readonly ingressSet?: IngressSet | undefined;
  /** Starts with a slash and does not end with one; '' is the root. */
  readonly path: string | undefined;
  readonly rewrite: Rewrite | undefined;
  /** '' removes it. */
  readonly host: string | undefined;
  readonly tlsSecret: string | undefined;
  /** Opens ports of SSH, Ray and SkyPilot's own servers, too. */
  readonly allowReserved: boolean;
  /** Opens a port that SkyPilot has already opened a second time, beside SkyPilot's object. */
  readonly besideSkyPilot: boolean;
  /** Writes although a check says that the port would not be reachable. */
  readonly force: boolean;
}
