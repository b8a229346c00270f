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

/**
 * Evidence that is enough to detect a platform. Labels and annotations are matched as `KEY=VALUE`:
 * `/^cloud\.google\.com\/gke-nodepool=/`.
 */
export interface Matcher {
  readonly signal: SignalKind;
  readonly matches: RegExp;
}

/**
 * Where a load balancer's address can be called from. `pool`: it depends on the addresses in the pool. `tailnet`: from
 * the machines of a Tailscale network.
 */
export type LoadBalancerScheme = 'public' | 'internal' | 'pool' | 'tailnet';

/** What to set on a Service for a scheme: `{ annotations: { 'networking.gke.io/load-balancer-type': 'Internal' } }`. */
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
   * Annotations that make one port's health count for all. `{port}` in a value stands for that port: `{
   * 'do-loadbalancer-healthcheck-port': '{port}' }`. A key with `{other}` is written for each other port.
   */
  readonly pin?: Readonly<Record<string, string>>;
  /**
   * An annotation that makes the load balancer probe each port: the values with this effect, and the one to write.
   * AWS's in-tree controller: `aws-load-balancer-type`, `/^nlb/`, `nlb`.
   */
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
  /** What fixes it: `ask the administrator for a higher quota`. '' if `flags`, `without`, `scheme` or `look` do. */
  readonly advice: string;
  /** Flags with which `expose` creates a load balancer without this fault: part`--annotation KEY=VALUE`. */
  readonly flags?: CommandPart;
  /** Replaces `flags` if the values depend on the snapshot, such as the location of the nodes. */
  flagsFor?(service: Service, snapshot: Snapshot): CommandPart;
  /** The maximum number of ports of a load balancer without this fault. */
  readonly mostPorts?: number;
  /** The annotation that causes it: `expose` without this annotation creates a load balancer without the fault. */
  readonly without?: string;
  /** The scheme with which `expose` creates a load balancer without this fault. */
  readonly scheme?: 'internal' | 'public';
  /** Set if the flags only work on a new Service. An existing one has to be deleted and created again. */
  readonly needsNewService?: true;
  /** Set if packets do not arrive while the fault lasts, even if the Service has an address. */
  readonly stopsTraffic?: true;
  /** A command that shows more. */
  readonly look?: Cure;
  /** test/e2e has seen this text. */
  readonly ran?: true;
  readonly source: string;
}

/** A table of explanations, created when it is first read. */
export type Explanations = () => readonly EventExplanation[];

/** Defers the creation of a table, because most runs read none of them. */
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
  /** The values of `spec.loadBalancerClass` that it serves: `['service.k8s.aws/nlb']`. */
  readonly classes: readonly string[];
  /** The flag of its controller that sets another class (`--lb-class`). The API does not show the class in use. */
  readonly classFlag?: string;
  /**
   * Set if it serves Services without a class only after its administrator enables that. Its finalizer on a Service
   * shows it.
   */
  readonly needsClass?: true;
  /**
   * Matches the component in its events: `/^metallb-(?:controller|speaker)$/`. An event from it shows that it is
   * installed.
   */
  readonly speaksAs?: RegExp;
  /** Ids of the load balancers that ignore new Services if this one is installed. */
  readonly replaces?: readonly string[];
  /** Its Pods have the label `app.kubernetes.io/name`. If Pods were listed and none has it, its API group is only a leftover. */
  readonly requiresPod?: true;
  /**
   * For annotations that were renamed: the prefix now (`metallb.io/`), the one that old releases read
   * (`metallb.universe.tf/`), and an annotation that it writes itself (`ip-allocated-from-pool`), which shows the one
   * in use.
   */
  readonly legacyPrefix?: { readonly now: string; readonly before: string; readonly writes: string };
  readonly defaultScheme: LoadBalancerScheme;
  /** How to make a load balancer internal; null if that is not supported. Then `alternative` says what is supported. */
  readonly internal: SchemeChange | null;
  readonly public: SchemeChange | null;
  readonly alternative?: string;
  /** Annotations that set the scheme, the strongest first; absent if `internal` and `public` name all of them. */
  readonly schemeAnnotations?: readonly SchemeAnnotation[];
  /** Classes that imply a scheme: `{ 'networking.gke.io/l4-regional-internal': 'internal' }`. */
  readonly schemeOfClass?: Readonly<Record<string, 'internal' | 'public'>>;
  /** Why annotations are not enough for SkyPilot's own Services, by scheme; absent if they are enough. */
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
  /**
   * Set if it only works while the user runs a program (`minikube tunnel`): what to report if the program does not run.
   */
  readonly givesOnlyWhile?: { readonly cause: string; readonly advice: string; readonly look: Cure };
  /** How a Service requests an address: an annotation, or `spec.loadBalancerIP`, which most controllers ignore. */
  readonly staticIp?: StaticIp;
  /** Whether it reaches Pods without nodePorts (`spec.allocateLoadBalancerNodePorts: false`). */
  readonly supportsNoNodePorts?: boolean;
  /** How to make it ignore a Service that another implementation handles too. */
  readonly yields?: Cure;
  readonly healthCheck: HealthCheck;
  readonly limits: readonly Limit[];
  /**
   * The meanings of its own events and conditions. event-explanations.ts has those that every cloud's service
   * controller writes.
   */
  readonly eventExplanations?: Explanations;
  /** Explanations that count if neither those nor the common ones match. */
  readonly fallbackExplanations?: Explanations;
  /**
   * Its Service conditions that report a missing address, with the status that means so: `{
   * 'cilium.io/IPAMRequestSatisfied': 'False' }`.
   */
  readonly failureConditions?: Readonly<Record<string, 'True' | 'False'>>;
  /** URLs of the facts. */
  readonly sources: readonly string[];
  /** Questions that the sources leave open. They are shown to the user as notes. */
  readonly unverified: readonly string[];
  /** `ran`: tested with the real controller in test/e2e. `read`: taken from the sources only. */
  readonly tried: 'ran' | 'read';
}

/** The ingress controllers of a platform. */
export interface PlatformIngress {
  /** The controller that it includes or offers. */
  readonly brings: string;
  /**
   * Where an installed Traefik should answer on port 80: at its Service, or on the nodes. Absent if Traefik should not
   * be installed.
   */
  readonly installs?: 'on-service' | 'on-host-ports';
  /** Further cures. */
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
  readonly setupHint?: string;
  /** A command that installs or enables it. */
  readonly setupCure?: Cure;
  /** Set if users of the platform install MetalLB from MetalLB's own manifests when nothing gives addresses. */
  readonly takesMetallb?: true;
  /** How to get an ingress controller that serves SkyPilot's Ingresses; absent if the general steps apply. */
  readonly ingress?: PlatformIngress;
  readonly sources: readonly string[];
  readonly unverified: readonly string[];
}

export const matcher = (signal: SignalKind, matches: RegExp): Matcher => ({ signal, matches });
