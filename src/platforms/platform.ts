import type { Service } from 'kubernetes-types/core/v1';
import type { CommandPart, Cure } from '../errors/cure.ts';
import { once } from '../snapshot/memo.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** The kinds of evidence that show where a cluster runs, and which load balancers it has. */
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
 * Evidence that is enough to detect a platform or a load balancer. For labels and annotations, the regular expression
 * is for the text `KEY=VALUE`: `/^cloud\.google\.com\/gke-nodepool=/`.
 */
export interface Matcher {
  readonly signal: SignalKind;
  readonly matches: RegExp;
}

/**
 * Where callers can reach the address of a load balancer. `public`: from the internet. `internal`: from the load
 * balancer's own network. `pool`: this depends on the addresses in the pool. `tailnet`: from the machines of a
 * Tailscale network.
 */
export type LoadBalancerScheme = 'public' | 'internal' | 'pool' | 'tailnet';

/**
 * The annotations and the class that set the scheme of a Service: `{ annotations: {
 * 'networking.gke.io/load-balancer-type': 'Internal' } }`.
 */
export interface SchemeChange {
  readonly annotations: Readonly<Record<string, string>>;
  readonly loadBalancerClass?: string;
}

/** An annotation that makes a Service's load balancer internal or public, and its values for each scheme. */
export interface SchemeAnnotation {
  readonly annotation: string;
  readonly internal?: RegExp;
  readonly public?: RegExp;
}

/** How a load balancer checks the health of its ports. */
export interface HealthCheck {
  /**
   * `shared`: one probe decides for all ports. Without a pin to another port, it probes the first port. `per-port`:
   * each port has its own probe. `node`: only the nodes are probed. `none`: nothing is probed. `unknown`: the sources
   * do not describe the probes.
   */
  readonly scope: 'shared' | 'per-port' | 'node' | 'none' | 'unknown';
  /**
   * The annotations that pin the probe to one port, which then decides for all ports. `{port}` in a value stands for
   * this port: `{ 'do-loadbalancer-healthcheck-port': '{port}' }`. A key with `{other}` is written once for each other
   * port.
   */
  readonly pin?: Readonly<Record<string, string>>;
  /**
   * An annotation that makes the load balancer probe each port: its key, the values with this effect, and the value to
   * write. Example for AWS's in-tree controller: `aws-load-balancer-type`, `/^(?:nlb|nlb-ip|external)$/` and `nlb`.
   */
  readonly eachWith?: { readonly annotation: string; readonly values: RegExp; readonly value: string };
  /**
   * An annotation that sets the port to probe. With any value except `traffic-port`, the scope of the health check is
   * unknown.
   */
  readonly overriddenBy?: string;
  /**
   * For a port with `appProtocol` http or https, the annotation that changes its probe to TCP. `{port}` stands for the
   * port. If the Service has an annotation in the list `unless`, this annotation is not needed. `path` is the
   * annotation for the path of all probes. Without it, a probe requests `/`.
   */
  readonly plainProbe?: {
    readonly annotation: string;
    readonly value: string;
    readonly unless: readonly string[];
    readonly path: string;
  };
  /**
   * The annotations for an HTTP probe of all ports. They request the probe, set its path (`/` by default), and list the
   * healthy statuses. If `onlyWith` is set, they count only if the annotation `onlyWith` is `true`.
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
      /**
       * The annotation for an IPv6 address; null if IPv6 is not supported. Absent if `annotation` accepts IPv4 and IPv6
       * addresses.
       */
      readonly ipv6?: string | null;
    }
  | { readonly field: 'loadBalancerIP' };

/** An upper limit for the ports of a load balancer. */
export interface Limit {
  readonly ports: number;
  readonly what: string;
  /**
   * `hard`: the limit cannot be raised. `quota`: the cloud raises the limit on request. `opens-range`: above the limit,
   * the load balancer also opens ports that the user did not name.
   */
  readonly limitKind: 'hard' | 'quota' | 'opens-range';
  /**
   * If set, the limit applies only to Services with this annotation and a matching value. For these Services, it
   * replaces the limits without `where`.
   */
  readonly where?: { readonly annotation: string; readonly values: RegExp };
  readonly source: string;
}

/** The meaning of an event or condition that a controller writes about a Service without an address. */
export interface EventExplanation {
  /** Matches the reason of the Service's warning event or condition. */
  readonly reason: RegExp;
  /** Matches the message; absent for any message. */
  readonly message?: RegExp;
  /** If set, the explanation counts only for a Service with this annotation. */
  readonly annotated?: string;
  /** A short description of the cause. */
  readonly cause: string;
  /**
   * How to fix the fault, as an instruction: `ask the administrator for a higher quota`. Empty if `flags`, `without`,
   * `scheme` or `look` fixes the fault.
   */
  readonly advice: string;
  /** The flags for `expose` that avoid the fault, such as `--annotation KEY=VALUE`. */
  readonly flags?: CommandPart;
  /** Computes `flags` if their values depend on the snapshot, for example on the location of the nodes. */
  flagsFor?(service: Service, snapshot: Snapshot): CommandPart;
  /** The maximum number of ports of one load balancer. With more ports, the fault occurs. */
  readonly mostPorts?: number;
  /** The annotation that causes the fault. The cure is `expose` without this annotation. */
  readonly without?: string;
  /** The scheme that avoids the fault. */
  readonly scheme?: 'internal' | 'public';
  /** Set if the flags only work on a new Service. The existing Service has to be deleted and created again. */
  readonly needsNewService?: true;
  /** Set if the fault stops packets even if the Service has an address. */
  readonly stopsTraffic?: true;
  /** A command that shows details. */
  readonly look?: Cure;
  /** Set if a test in test/e2e has seen this text from the real controller. */
  readonly ran?: true;
  readonly source: string;
}

/** A table of explanations, created when it is first read. */
export type Explanations = () => readonly EventExplanation[];

/** Delays the creation of a table until it is read, because most runs read no table. */
export const explanations: (make: Explanations) => Explanations = once;

/** A controller that gives Services of type LoadBalancer their addresses. */
export interface LoadBalancer {
  /** The name of the file in kebab-case. It is also the value of `--platform`. */
  readonly id: string;
  readonly title: string;
  /**
   * Matches the evidence that the load balancer is installed. One match is enough. Empty for a load balancer that comes
   * with its platform.
   */
  readonly matchers: readonly Matcher[];
  /** The values of `spec.loadBalancerClass` that the load balancer serves: `['service.k8s.aws/nlb']`. */
  readonly classes: readonly string[];
  /**
   * The flag of the controller that sets another class (`--lb-class`). No object of the API contains the class in use.
   */
  readonly classFlag?: string;
  /**
   * Set if the load balancer does not serve Services without a class by default. An administrator can enable this. If
   * such a Service has the load balancer's finalizer, this is enabled.
   */
  readonly needsClass?: true;
  /**
   * Matches the component in the load balancer's events: `/^metallb-(?:controller|speaker)$/`. Such an event is
   * evidence that the load balancer is installed.
   */
  readonly speaksAs?: RegExp;
  /** The ids of other load balancers that do not get new Services if this load balancer is installed. */
  readonly replaces?: readonly string[];
  /**
   * Set if the Pods of the load balancer have the label `app.kubernetes.io/name`. If Pods were listed and no Pod has
   * the label, the load balancer was removed, and only its API group still exists.
   */
  readonly requiresPod?: true;
  /**
   * The prefixes of annotations that were renamed. `now` is the current prefix (`metallb.io/`). `before` is the prefix
   * that old releases read (`metallb.universe.tf/`). `writes` is an annotation that the load balancer itself writes
   * (`ip-allocated-from-pool`). The prefix of this annotation shows which prefix the installed release uses.
   */
  readonly legacyPrefix?: { readonly now: string; readonly before: string; readonly writes: string };
  readonly defaultScheme: LoadBalancerScheme;
  /**
   * The change that makes a load balancer internal. Null if this is not supported; `alternative` then describes what is
   * supported.
   */
  readonly internal: SchemeChange | null;
  readonly public: SchemeChange | null;
  readonly alternative?: string;
  /**
   * The annotations that set the scheme. The first annotation with a known value decides. Absent if `internal` and
   * `public` already contain all such annotations.
   */
  readonly schemeAnnotations?: readonly SchemeAnnotation[];
  /** Classes that imply a scheme: `{ 'networking.gke.io/l4-regional-internal': 'internal' }`. */
  readonly schemeOfClass?: Readonly<Record<string, 'internal' | 'public'>>;
  /** For each scheme, why SkyPilot cannot set it on its Services by annotations. Absent if SkyPilot can. */
  readonly notBySkyPilot?: { readonly internal?: string; readonly public?: string };
  /** Set if the addresses belong to the user's own machine, so that `localhost` is a valid address. */
  readonly isLocalOnly?: true;
  /**
   * How a Service gets an address from a certain pool: an annotation names the pool, the pool selects the Service by
   * its labels, or the Service's namespace decides.
   */
  readonly pools?:
    | { readonly by: 'annotation'; readonly annotation: string; readonly topic: 'addressPools' }
    | { readonly by: 'labels'; readonly topic: 'ciliumPools' }
    | { readonly by: 'namespace' };
  /** Set if only one Service can use a port of the nodes. A second Service with the same port never gets an address. */
  readonly sharesNodePorts?: true;
  /**
   * Set if the load balancer works only while the user runs a program (`minikube tunnel`). The value is what to report
   * if the program does not run.
   */
  readonly givesOnlyWhile?: { readonly cause: string; readonly advice: string; readonly look: Cure };
  /** How a Service requests an address: an annotation, or `spec.loadBalancerIP`, which most controllers ignore. */
  readonly staticIp?: StaticIp;
  /** Whether the load balancer works without nodePorts (`spec.allocateLoadBalancerNodePorts: false`). */
  readonly supportsNoNodePorts?: boolean;
  /** How to make the load balancer ignore a Service that another implementation also handles. */
  readonly yields?: Cure;
  readonly healthCheck: HealthCheck;
  readonly limits: readonly Limit[];
  /**
   * The meanings of the load balancer's own events and conditions. event-explanations.ts contains the meanings of the
   * other events of clouds: those of Kubernetes' service controller.
   */
  readonly eventExplanations?: Explanations;
  /** Explanations that count only if no other explanation matches. */
  readonly fallbackExplanations?: Explanations;
  /**
   * The conditions of Services that report a missing address. For each condition, the value is the status with this
   * meaning: `{ 'cilium.io/IPAMRequestSatisfied': 'False' }`.
   */
  readonly failureConditions?: Readonly<Record<string, 'True' | 'False'>>;
  /** The URLs of the documents and source files that contain the facts. */
  readonly sources: readonly string[];
  /** Questions without an answer in the sources. The user sees them as notes. */
  readonly unverified: readonly string[];
  /** How the facts were verified. `ran`: with the real controller in test/e2e. `read`: only in the sources. */
  readonly tried: 'ran' | 'read';
}

/** The ingress controllers of a platform. */
export interface PlatformIngress {
  /** The controller that the platform includes or offers. */
  readonly brings: string;
  /**
   * Where Traefik should answer on port 80 if the user installs it: at its Service, or on the nodes. Absent if Traefik
   * should not be installed.
   */
  readonly installs?: 'on-service' | 'on-host-ports';
  /** More cures for a missing ingress controller. */
  readonly cures: readonly Cure[];
  /**
   * Label selector for the Pods of the controller in `brings`. Only needed if they lack the label
   * `app.kubernetes.io/name`.
   */
  readonly podSelector?: string;
}

/** A cloud or a distribution of Kubernetes. */
export interface Platform {
  readonly id: string;
  readonly title: string;
  readonly matchers: readonly Matcher[];
  /**
   * The load balancer that the platform includes. It gives addresses to Services unless another load balancer is
   * installed. Null if the platform includes none.
   */
  readonly loadBalancer: LoadBalancer | null;
  /**
   * The program in the labels of ServiceLB's Pods. Set for distributions that include ServiceLB. Only these Pods show
   * whether ServiceLB runs.
   */
  readonly serviceLbProgram?: 'k3s' | 'rke2';
  /** What a user should know if no load balancer gives addresses: `k0s gives no addresses by itself`. */
  readonly setupHint?: string;
  /** A command that installs or enables a load balancer. */
  readonly setupCure?: Cure;
  /** Set if MetalLB's own manifests work on this platform. They are suggested if no load balancer gives addresses. */
  readonly takesMetallb?: true;
  /** How to get an ingress controller for SkyPilot's Ingresses. Absent if the general steps apply. */
  readonly ingress?: PlatformIngress;
  readonly sources: readonly string[];
  readonly unverified: readonly string[];
}

export const matcher = (signal: SignalKind, matches: RegExp): Matcher => ({ signal, matches });
