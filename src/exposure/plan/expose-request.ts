import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import type { ClosesAt } from '../closing-time.ts';
import type { PortMapping } from '../port-mapping.ts';
import type { ExposeMode } from '../port-mode-names.ts';
import type { MetadataChanges } from './manifest.ts';

/** Whether the app receives a path without its prefix (`strip`) or with it (`keep`). */
export const rewrites = ['strip', 'keep'] as const;
export type Rewrite = (typeof rewrites)[number];

/** A set of annotations for the Ingress of some ports. Each set has its own Ingress, so other ports are not affected. */
export interface IngressSet {
  /** The suffix of the name of the Ingress, a DNS label such as `auth`; empty for the usual set. */
  readonly name: string;
  /** The annotations of the Ingress in addition to those that this plugin always sets. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** The set of a port if no other set is requested. */
export const usualSet: IngressSet = { name: '', annotations: {} };

/** What the app behind a port needs from an ingress controller. */
export interface AppNeeds {
  /** The name of the app, for messages. */
  readonly title: string;
  /** The ways in which the app works below a prefix; empty if it needs its own host. */
  readonly rewrites: readonly Rewrite[];
  /** Whether users send bodies that are larger than the usual limit of a controller. */
  readonly largeBodies: boolean;
  /** Whether connections last long: websockets, and responses that arrive in parts. */
  readonly longConnections: boolean;
  /** Whether the controller must pass on each part of a response at once, without buffering. */
  readonly streams: boolean;
  /** The path that the app answers with 200, relative to its prefix: `/api`; undefined if no such path is known. */
  readonly healthPath: string | undefined;
}

/** The options of `expose`. If an option is undefined, the user did not set it, and the existing value stays. */
export interface ExposeRequest {
  readonly skyCluster: SkyCluster;
  readonly mode: ExposeMode;
  /** The ports in ascending order; not empty. */
  readonly ports: readonly PortMapping[];
  readonly annotations: MetadataChanges;
  readonly labels: MetadataChanges;
  readonly allNodes: boolean | undefined;
  readonly loadBalancerClass: string | undefined;
  /** The source ranges as CIDRs; an empty list removes all of them. */
  readonly sourceRanges: readonly string[] | undefined;
  readonly externalTrafficPolicy?: 'Cluster' | 'Local' | undefined;
  /** `spec.loadBalancerIP`, for load balancers that have no other way to request an address. */
  readonly loadBalancerIP?: string | undefined;
  /** False creates the Service without nodePorts. The option has no effect on an existing Service. */
  readonly allocateNodePorts?: false | undefined;
  /** The Service port to list first, for load balancers that only probe the first port. */
  readonly firstPort?: number | undefined;
  readonly ingressClass: string | undefined;
  /** If undefined, an existing port stays in its set, and a new port gets the usual set. */
  readonly ingressSet?: IngressSet | undefined;
  /** The path starts with a slash and does not end with one. An empty path is the root. */
  readonly path: string | undefined;
  readonly rewrite: Rewrite | undefined;
  /** Absent if the user names no app. */
  readonly appNeeds?: AppNeeds | undefined;
  /** An empty host removes the existing one. */
  readonly host: string | undefined;
  readonly tlsSecret: string | undefined;
  /** When the ports close (`--for`). Null: they stay open. Undefined: their closing times do not change. */
  readonly closesAt?: ClosesAt;
  /** Whether ports of SSH, Ray and SkyPilot's own servers may be opened too. */
  readonly allowReserved: boolean;
  /** Whether to open a port with a second object if SkyPilot has already opened it. */
  readonly besideSkyPilot: boolean;
  /** Whether to write even if a check reports that the port would not be reachable. */
  readonly force: boolean;
}
