import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import type { IssuerName } from '../certificates/cert-manager.ts';
import type { ClosesAt } from '../closing-time.ts';
import type { PortMapping } from '../port-mapping.ts';
import type { ExposeMode } from '../port-mode-names.ts';
import type { AuthWish } from './access.ts';
import type { MetadataChanges } from './manifest.ts';

/** What the app receives for the path `/prefix/page`: `/page` (`strip`), or the path unchanged (`keep`). */
export const rewrites = ['strip', 'keep'] as const;
export type Rewrite = (typeof rewrites)[number];

/** The user name that callers type, if `--auth-user` names no other. */
export const usualAuthUser = 'skyports';

/** What the app behind a port needs from an ingress controller. */
export interface AppNeeds {
  /** The name of the app, for messages. */
  readonly title: string;
  /** The values of `--rewrite` with which the app works below a prefix; empty if the app needs its own host. */
  readonly rewrites: readonly Rewrite[];
  /** Whether users send the app larger bodies than a controller usually accepts. */
  readonly largeBodies: boolean;
  /** Whether connections last long: websockets, and responses that arrive in parts. */
  readonly longConnections: boolean;
  /** Whether the controller must pass on each part of a response at once, without buffering. */
  readonly streams: boolean;
  /** A path that the app answers with 200, relative to its prefix: `/api`; undefined if no such path is known. */
  readonly healthPath: string | undefined;
}

/** The options of `expose`. An undefined option was not set by the user, and the existing value stays. */
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
  /** `spec.loadBalancerIP`, for load balancers that accept a requested address only there. */
  readonly loadBalancerIP?: string | undefined;
  /** False creates the Service without nodePorts. An existing Service does not change. */
  readonly allocateNodePorts?: false | undefined;
  /** The Service port to list first, for load balancers that probe only the first port. */
  readonly firstPort?: number | undefined;
  readonly ingressClass: string | undefined;
  /** Whether callers need a password (`--auth`). Undefined: an existing port keeps its password, if it has one. */
  readonly auth?: AuthWish | undefined;
  /** Whether callers may send the password over http (`--allow-plain-http`). */
  readonly allowPlainHttp?: boolean | undefined;
  /** The path, without a slash at its end: `/train`. An empty path is the root. */
  readonly path: string | undefined;
  readonly rewrite: Rewrite | undefined;
  /** Absent if the user names no app. */
  readonly appNeeds?: AppNeeds | undefined;
  /** The host of the Ingress rule. An empty host removes the existing one. */
  readonly host: string | undefined;
  readonly tlsSecret: string | undefined;
  /**
   * What issues the certificate of the host, through cert-manager. Null: the ports are served without a certificate of
   * an issuer. Undefined: their certificates do not change.
   */
  readonly tlsIssuer?: IssuerName | null | undefined;
  /** When the ports close (`--for`). Null: the ports stay open. Undefined: the closing times do not change. */
  readonly closesAt?: ClosesAt;
  /** Whether reserved ports may be opened too: those of SSH, Ray and SkyPilot's own servers. */
  readonly allowReserved: boolean;
  /** Whether to open a port with a second object even if SkyPilot has already opened it. */
  readonly besideSkyPilot: boolean;
  /** Whether to write even if a check reports that callers will not reach the port. */
  readonly force: boolean;
}
