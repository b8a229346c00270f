import type { Service } from 'kubernetes-types/core/v1';
import type { CommandPart, Cure } from '../errors/cure.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** The kinds of evidence in a cluster that show where it runs. */
export type SignalKind =
  | 'providerID'
  | 'nodeLabel'
  | 'nodeAnnotation'
  | 'osImage'
  | 'version'
  | 'apiGroup'
  | 'finalizer'
  | 'serviceAnnotation'
  | 'condition'
  | 'customResource'
  | 'loadBalancerClass'
  | 'webhook'
  | 'workload'
  | 'server'
  | 'context';

/** One sign that is enough to detect a platform. Labels and annotations are matched as `KEY=VALUE`. */
export interface Matcher {
  readonly signal: SignalKind;
  readonly matches: RegExp;
}

/**
 * Where a load balancer's address can be called from. `pool`: it depends on the addresses in the pool. `tailnet`: from
 * the machines of a Tailscale network.
 */
export type LoadBalancerScheme = 'public' | 'internal' | 'pool' | 'tailnet';

/** What a Service gets for a scheme. */
export interface SchemeChange {
  readonly annotations: Readonly<Record<string, string>>;
  readonly loadBalancerClass?: string;
}

/** An annotation that makes a Service's load balancer internal or public, and the values for each. */
export interface SchemeAnnotation {
  readonly annotation: string;
  readonly internal?: RegExp;
  readonly public?: RegExp;
}

/** What the health of a load balancer's ports depends on. */
export interface HealthCheck {
  /**
   * `shared`: one probe decides for all ports; it probes the first port unless it is pinned. `per-port`: each port has its own
   * probe. `node`: only the nodes are probed. `none`: nothing is probed. `unknown`: the sources don't say.
   */
  readonly scope: 'shared' | 'per-port' | 'node' | 'none' | 'unknown';
  /**
   * Annotations that make one port's health count for all. `{port}` in a value stands for that port; a key with `{other}` is
   * written for each other port.
   */
  readonly pin?: Readonly<Record<string, string>>;
  /** An annotation that makes the load balancer probe each port: the values that have this effect, and the one to write. */
  readonly eachWith?: { readonly annotation: string; readonly values: RegExp; readonly value: string };
  /** An annotation that sets the probed port of the nodes. With it, the scope of the health check is unknown. */
  readonly overriddenBy?: string;
  /**
   * The annotation that makes the probe of a port with `appProtocol` http or https a TCP probe. It is not needed next to an
   * annotation in `unless`. `{port}` stands for the port. `path` is the annotation for the path, of all ports; without it the
   * probe asks for `/`.
   */
  readonly plainProbe?: {
    readonly annotation: string;
    readonly value: string;
    readonly unless: readonly string[];
    readonly path: string;
  };
  /**
   * The annotations that make the probe of all ports an HTTP probe, set its path (`/` without it), and name the statuses that
   * count as healthy. It counts only next to `onlyWith`, an annotation that is `true`.
   */
  readonly httpProbe?: {
    readonly protocol: string;
    readonly path: string;
    readonly statuses?: string;
    readonly onlyWith?: string;
  };
}

/** How a Service requests a specific address. */
export type StaticIp =
  | {
      readonly annotation: string;
      /** The annotation for an IPv6 address; null if IPv6 is not supported. Absent if one annotation takes both families. */
      readonly ipv6?: string | null;
    }
  | { readonly field: 'loadBalancerIP' };

/** An upper limit of a load balancer. */
export interface Limit {
  readonly ports: number;
  readonly what: string;
  /** `hard`: cannot be raised. `quota`: the cloud raises it on request. `opens-range`: beyond it, more ports open than were named. */
  readonly limitKind: 'hard' | 'quota' | 'opens-range';
  /** The limit applies only if an annotation of the Service has such a value. It then replaces the limits without a condition. */
  readonly where?: { readonly annotation: string; readonly values: RegExp };
  readonly source: string;
}

/** What a controller's event or condition about a Service without an address means. */
export interface EventExplanation {
  /** Matches the reason of the Service's warning event or condition. */
  readonly reason: RegExp;
  /** Matches the message; absent for any message. */
  readonly message?: RegExp;
  /** Counts only for a Service with this annotation. */
  readonly annotated?: string;
  /** The cause, in a few words. */
  readonly cause: string;
  /** What fixes it; '' if `flags`, `without`, `scheme` or `look` do. */
  readonly advice: string;
  /** Flags with which `expose` makes a load balancer without this fault; none of them if making it again is enough. */
  readonly flags?: CommandPart;
  /** The flags for what is seen here, in place of `flags`: a placeholder of them has its value then. */
  flagsFor?(service: Service, snapshot: Snapshot): CommandPart;
  /** How many ports a load balancer without this fault has at most. */
  readonly mostPorts?: number;
  /** The annotation without which `expose` makes a load balancer without this fault. */
  readonly without?: string;
  /** The scheme with which `expose` makes a load balancer without this fault. */
  readonly scheme?: 'internal' | 'public';
  /** Set if the flags have no effect on a Service that exists: it has to be made again. */
  readonly needsNewService?: true;
  /** Set if packets do not arrive while it lasts, although the Service has its address. */
  readonly stopsTraffic?: true;
  /** A command that shows more. */
  readonly look?: Cure;
  /** test/e2e has seen this text. */
  readonly ran?: true;
  readonly source: string;
}

/** A table of explanations, made when it is first read. */
export type Explanations = () => readonly EventExplanation[];

/** Most runs read none of these tables, so none is made when the program starts. */
export function explanations(make: Explanations): Explanations {
  let made: readonly EventExplanation[] | undefined;
  return () => (made ??= make());
}

/** A controller that gives Services of type LoadBalancer their addresses. */
export interface LoadBalancer {
  /** kebab-case; the file's name, and the value of `--platform`. */
  readonly id: string;
  readonly title: string;
  /** Any of these shows that it is installed. Empty for one that comes with its platform. */
  readonly matchers: readonly Matcher[];
  /** The values of `spec.loadBalancerClass` that it serves. */
  readonly classes: readonly string[];
  /** The flag of its controller that sets another class. The class in use is not visible in the API. */
  readonly classFlag?: string;
  /** It serves Services without a class only if its administrator says so. Its finalizer shows that. */
  readonly needsClass?: true;
  /** The components that its events name. An event from one of them shows that it is installed. */
  readonly speaksAs?: RegExp;
  /** Ids of the load balancers that ignore new Services if this one is installed. */
  readonly replaces?: readonly string[];
  /** Its Pods have the label `app.kubernetes.io/name`. If Pods were listed and none has it, its API group is only a leftover. */
  readonly requiresPod?: true;
  /** An earlier prefix of its annotations, the only one that old releases read. `writes`: an annotation that it writes itself. */
  readonly legacyPrefix?: { readonly now: string; readonly before: string; readonly writes: string };
  readonly defaultScheme: LoadBalancerScheme;
  /** How to make a load balancer internal; null if that is not supported, and then `instead` says what is. */
  readonly internal: SchemeChange | null;
  readonly public: SchemeChange | null;
  readonly instead?: string;
  /** Annotations that set the scheme, the strongest first; absent if `internal` and `public` name all of them. */
  readonly schemeAnnotations?: readonly SchemeAnnotation[];
  /** Classes that imply a scheme. */
  readonly schemeOfClass?: Readonly<Record<string, 'internal' | 'public'>>;
  /** Why annotations are not enough for SkyPilot's own Services, per scheme; absent if they are. */
  readonly notBySkyPilot?: { readonly internal?: string; readonly public?: string };
  /** Its addresses belong to the user's own machine, so localhost is correct. */
  readonly isLocalOnly?: true;
  /** How a Service gets an address from a pool: by the pool's name, by labels that the pool selects, or by its namespace. */
  readonly pools?:
    | { readonly by: 'annotation'; readonly annotation: string; readonly topic: 'addressPools' }
    | { readonly by: 'labels'; readonly topic: 'ciliumPools' }
    | { readonly by: 'namespace' };
  /** It gives each port of the nodes to one Service. Another Service with the same port never gets an address. */
  readonly sharesNodePorts?: true;
  /** Set if it gives addresses only while the user runs a program: what to report while the program does not run. */
  readonly givesOnlyWhile?: { readonly cause: string; readonly advice: string; readonly look: Cure };
  /** How a Service requests an address: an annotation, or `spec.loadBalancerIP`, which most controllers ignore. */
  readonly staticIp?: StaticIp;
  /** Whether it reaches Pods without nodePorts (`spec.allocateLoadBalancerNodePorts: false`). */
  readonly supportsNoNodePorts?: boolean;
  /** How to make it leave a Service to another implementation that takes it too. */
  readonly yields?: Cure;
  readonly healthCheck: HealthCheck;
  readonly limits: readonly Limit[];
  /** What its own events and conditions mean. event-explanations.ts has those that every cloud's service controller writes. */
  readonly eventExplanations?: Explanations;
  /** What they mean if neither those nor the common ones match. */
  readonly fallbackExplanations?: Explanations;
  /** Types of the Service conditions that report a missing address, and the status with this meaning. */
  readonly failureConditions?: Readonly<Record<string, 'True' | 'False'>>;
  /** Where the facts are from. */
  readonly sources: readonly string[];
  /** What the sources leave open. The user gets it as a note. */
  readonly unverified: readonly string[];
  /** `ran`: tested with the real controller in test/e2e. `read`: taken from the sources only. */
  readonly tried: 'ran' | 'read';
}

/** The ingress controllers of a platform. */
export interface PlatformIngress {
  /** What it brings or offers. */
  readonly brings: string;
  /** Where a Traefik that is installed answers on port 80: at its Service, or on the nodes. Absent if none is to be installed. */
  readonly installs?: 'on-service' | 'on-host-ports';
  /** What else to do. */
  readonly cures: readonly Cure[];
  /** Selects the Pods of what it brings, if they lack the label `app.kubernetes.io/name`. */
  readonly podSelector?: string;
}

/** A cloud or a distribution of Kubernetes. */
export interface Platform {
  readonly id: string;
  readonly title: string;
  readonly matchers: readonly Matcher[];
  /** What gives addresses unless something else is installed; null if nothing does. */
  readonly loadBalancer: LoadBalancer | null;
  /** The program in the labels of ServiceLB's Pods, for distributions that include ServiceLB. Only its Pods show whether it runs. */
  readonly serviceLbProgram?: 'k3s' | 'rke2';
  /** How to get addresses if nothing gives them. */
  readonly without?: string;
  /** A command that installs or enables it. */
  readonly withoutCure?: Cure;
  /** Whether MetalLB's own manifests are what its users install, if nothing gives addresses. */
  readonly takesMetallb?: true;
  /** How to get an ingress controller that serves SkyPilot's Ingresses; absent if there is nothing special about it. */
  readonly ingress?: PlatformIngress;
  readonly sources: readonly string[];
  readonly unverified: readonly string[];
}

export const matcher = (signal: SignalKind, matches: RegExp): Matcher => ({ signal, matches });
