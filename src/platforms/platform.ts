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
 * Evidence that is enough to detect a platform or a load balancer. Labels and annotations are matched as `KEY=VALUE`:
 * `/^cloud\.google\.com\/gke-nodepool=/`.
 */
export interface Matcher {
  readonly signal: SignalKind;
  readonly matches: RegExp;
}

/**
 * Where a load balancer's address can be called from. `pool`: this depends on the addresses in the pool. `tailnet`: from the
 * machines of a Tailscale network.
 */
export type LoadBalancerScheme = 'public' | 'internal' | 'pool' | 'tailnet';

/**
 * The annotations and the class that give a Service a scheme: `{ annotations: { 'networking.gke.io/load-balancer-type':
 * 'Internal' } }`.
 */
export interface SchemeChange {
  readonly annotations: Readonly<Record<string, string>>;
  readonly loadBalancerClass?: string;
}

/** An annotation that makes a Service's load balancer internal or public, with the values for each scheme. */
export interface SchemeAnnotation {
  readonly annotation: string;
  readonly internal?: RegExp;
  readonly public?: RegExp;
}

/** How a load balancer checks the health of its ports. */
export interface HealthCheck {
  /**
   * `shared`: one probe decides for all ports. It probes the first port unless it is pinned to another. `per-port`: each
   * port has its own probe. `node`: only the nodes are probed. `none`: nothing is probed. `unknown`: the sources do not
   * describe it.
   */
  readonly scope: 'shared' | 'per-port' | 'node' | 'none' | 'unknown';
  /**
   * Annotations that make the health of one port decide for all ports. `{port}` in a value stands for that port: `{
   * 'do-loadbalancer-healthcheck-port': '{port}' }`. A key with `{other}` is written once for each other port.
   */
  readonly pin?: Readonly<Record<string, string>>;
  /**
   * An annotation that makes the load balancer probe each port: its key, the values with this effect, and the value to
   * write. Example: `aws-load-balancer-type`, `/^(?:nlb|nlb-ip|external)$/` and `nlb` for AWS's in-tree controller.
   */
  readonly eachWith?: { readonly annotation: string; readonly values: RegExp; readonly value: string };
  /**
   * An annotation that sets the port to probe. If its value is not `traffic-port`, the scope of the health check is unknown.
   */
  readonly overriddenBy?: string;
  /**
   * The annotation that changes the probe of a port with `appProtocol` http or https to TCP. `{port}` stands for the
   * port. It is not needed if the Service has an annotation of `unless`. `path` is the annotation that sets the path of
   * the probe for all ports; without it, the probe requests `/`.
   */
  readonly plainProbe?: {
    readonly annotation: string;
    readonly value: string;
    readonly unless: readonly string[];
    readonly path: string;
  };
  /**
   * The annotations for an HTTP probe of all ports. They request the probe, set its path (`/` by default), and name the
   * statuses that count as healthy. If `onlyWith` is set, the other annotations count only if the annotation `onlyWith`
   * is `true`.
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
       * The annotation for an IPv6 address; null if IPv6 is not supported. Absent if `annotation` accepts both address
       * families.
       */
      readonly ipv6?: string | null;
    }
  | { readonly field: 'loadBalancerIP' };

/** An upper limit for the ports of a load balancer. */
export interface Limit {
  readonly ports: number;
  readonly what: string;
  /**
   * `hard`: the limit cannot be raised. `quota`: the cloud raises the limit on request. `opens-range`: if the Service
   * has more ports than this, the load balancer also opens ports that the user did not name.
   */
  readonly limitKind: 'hard' | 'quota' | 'opens-range';
  /**
   * If set, the limit applies only to a Service with this annotation and a matching value. For such a Service, it
   * replaces the limits without `where`.
   */
  readonly where?: { readonly annotation: string; readonly values: RegExp };
  readonly source: string;
}

/** The meaning of a controller's event or condition about a Service without an address. */
export interface EventExplanation {
  /** Matches the reason of the Service's warning event or condition. */
  readonly reason: RegExp;
  /** Matches the message; absent for any message. */
  readonly message?: RegExp;
  /** The explanation counts only for a Service with this annotation. */
  readonly annotated?: string;
  /** The cause, in a few words. */
  readonly cause: string;
  /**
   * How to fix the fault, such as `ask the administrator for a higher quota`. Empty if `flags`, `without`, `scheme` or
   * `look` fix it.
   */
  readonly advice: string;
  /** Flags with which `expose` creates a load balancer without this fault: part`--annotation KEY=VALUE`. */
  readonly flags?: CommandPart;
  /** Replaces `flags` if the values depend on the snapshot, such as the location of the nodes. */
  flagsFor?(service: Service, snapshot: Snapshot): CommandPart;
  /** The maximum number of ports of a load balancer without this fault. */
  readonly mostPorts?: number;
  /** The annotation that causes the fault. Without this annotation, `expose` creates a load balancer without the fault. */
  readonly without?: string;
  /** The scheme with which `expose` creates a load balancer without this fault. */
  readonly scheme?: 'internal' | 'public';
  /** Set if the flags have no effect on an existing Service. The Service has to be deleted and created again. */
  readonly needsNewService?: true;
  /** Set if packets do not arrive while the fault lasts, even if the Service has an address. */
  readonly stopsTraffic?: true;
  /** A command that shows details. */
  readonly look?: Cure;
  /** Set if a test in test/e2e has received this text from the real controller. */
  readonly ran?: true;
  readonly source: string;
}

/** A table of explanations, created when it is first read. */
export type Explanations = () => readonly EventExplanation[];

/** Defers the creation of a table, because most runs read none of them. */
export const explanations: (make: Explanations) => Explanations = once;

/** A controller that gives Services of type LoadBalancer their addresses. */
export interface LoadBalancer {
  /** The name of the file in kebab-case. It is also the value of `--platform`. */
  readonly id: string;
  readonly title: string;
  /** Each match is evidence that the load balancer is installed. Empty for a load balancer that comes with its platform. */
  readonly matchers: readonly Matcher[];
  /** The values of `spec.loadBalancerClass` that the load balancer serves: `['service.k8s.aws/nlb']`. */
  readonly classes: readonly string[];
  /** The flag of the controller that sets another class (`--lb-class`). The API does not contain the class in use. */
  readonly classFlag?: string;
  /**
   * Set if the load balancer serves Services without a class only after an administrator has enabled this. If a Service
   * has its finalizer, this is enabled.
   */
  readonly needsClass?: true;
  /**
   * Matches the component in events of the load balancer: `/^metallb-(?:controller|speaker)$/`. Such an event is evidence
   * that the load balancer is installed.
   */
  readonly speaksAs?: RegExp;
  /** The ids of the load balancers that ignore new Services if this load balancer is installed. */
  readonly replaces?: readonly string[];
  /**
   * Set if the Pods of the load balancer have the label `app.kubernetes.io/name`. If Pods were listed and none has the
   * label, the load balancer was removed and left its API group behind.
   */
  readonly requiresPod?: true;
  /**
   * For annotations that were renamed. `now` is the current prefix (`metallb.io/`). `before` is the prefix that old
   * releases read (`metallb.universe.tf/`). `writes` is an annotation that the load balancer itself writes
   * (`ip-allocated-from-pool`). The prefix of that annotation shows which prefix the installed release uses.
   */
  readonly legacyPrefix?: { readonly now: string; readonly before: string; readonly writes: string };
  readonly defaultScheme: LoadBalancerScheme;
  /** How to make a load balancer internal; null if this is not supported. `alternative` then describes what is supported. */
  readonly internal: SchemeChange | null;
  readonly public: SchemeChange | null;
  readonly alternative?: string;
  /**
   * Annotations that set the scheme, in order of precedence. The first annotation with a known value decides. Absent if
   * `internal` and `public` contain all such annotations.
   */
  readonly schemeAnnotations?: readonly SchemeAnnotation[];
  /** Classes that imply a scheme: `{ 'networking.gke.io/l4-regional-internal': 'internal' }`. */
  readonly schemeOfClass?: Readonly<Record<string, 'internal' | 'public'>>;
  /**
   * For each scheme, why annotations cannot set it on the Services that SkyPilot creates. Absent if annotations can.
   */
  readonly notBySkyPilot?: { readonly internal?: string; readonly public?: string };
  /** Set if the addresses belong to the user's own machine. `localhost` is then a valid address. */
  readonly isLocalOnly?: true;
  /**
   * How a Service gets an address from a pool: an annotation names the pool, the pool selects labels, or the Service's
   * namespace decides.
   */
  readonly pools?:
    | { readonly by: 'annotation'; readonly annotation: string; readonly topic: 'addressPools' }
    | { readonly by: 'labels'; readonly topic: 'ciliumPools' }
    | { readonly by: 'namespace' };
  /**
   * Set if the load balancer gives each port of the nodes to one Service. Another Service with the same port never gets an
   * address.
   */
  readonly sharesNodePorts?: true;
  /**
   * Set if the load balancer works only while the user runs a program (`minikube tunnel`). The value is reported if the
   * program does not run.
   */
  readonly givesOnlyWhile?: { readonly cause: string; readonly advice: string; readonly look: Cure };
  /** How a Service requests an address: an annotation, or `spec.loadBalancerIP`, which most controllers ignore. */
  readonly staticIp?: StaticIp;
  /** Whether the load balancer reaches Pods without nodePorts (`spec.allocateLoadBalancerNodePorts: false`). */
  readonly supportsNoNodePorts?: boolean;
  /** How to make the load balancer ignore a Service that another implementation also handles. */
  readonly yields?: Cure;
  readonly healthCheck: HealthCheck;
  readonly limits: readonly Limit[];
  /**
   * The meanings of the load balancer's own events and conditions. Every cloud also has the events of Kubernetes'
   * service controller; event-explanations.ts contains their meanings.
   */
  readonly eventExplanations?: Explanations;
  /** Explanations that count only if neither `eventExplanations` nor the common explanations match. */
  readonly fallbackExplanations?: Explanations;
  /**
   * The conditions of Services that report a missing address, each with the status that reports it: `{
   * 'cilium.io/IPAMRequestSatisfied': 'False' }`.
   */
  readonly failureConditions?: Readonly<Record<string, 'True' | 'False'>>;
  /** The URLs that the facts are from. */
  readonly sources: readonly string[];
  /** Questions that the sources leave open. They are shown to the user as notes. */
  readonly unverified: readonly string[];
  /** How the facts were verified. `ran`: with the real controller in test/e2e. `read`: only in the sources. */
  readonly tried: 'ran' | 'read';
}

/** The ingress controllers of a platform. */
export interface PlatformIngress {
  /** The controller that the platform includes or offers. */
  readonly brings: string;
  /**
   * Where Traefik should answer on port 80 if the user installs it: at its Service, or on the nodes. Absent if the user
   * should not install Traefik.
   */
  readonly installs?: 'on-service' | 'on-host-ports';
  /** More cures. */
  readonly cures: readonly Cure[];
  /** Label selector for the Pods of the controller in `brings`, if they lack the label `app.kubernetes.io/name`. */
  readonly podSelector?: string;
}

/** A cloud or a distribution of Kubernetes. */
export interface Platform {
  readonly id: string;
  readonly title: string;
  readonly matchers: readonly Matcher[];
  /**
   * The load balancer of the platform itself. It gives Services their addresses unless another one is installed. Null if the
   * platform has none.
   */
  readonly loadBalancer: LoadBalancer | null;
  /**
   * The program in the labels of ServiceLB's Pods, for distributions that include ServiceLB. Only these Pods show whether
   * ServiceLB runs.
   */
  readonly serviceLbProgram?: 'k3s' | 'rke2';
  /** How to get addresses if no load balancer gives them, in words. */
  readonly setupHint?: string;
  /** A command that installs or enables a load balancer. */
  readonly setupCure?: Cure;
  /**
   * Set if users of the platform can install MetalLB from MetalLB's own manifests, when no load balancer gives
   * addresses.
   */
  readonly takesMetallb?: true;
  /** How to get an ingress controller that serves SkyPilot's Ingresses; absent if the general steps apply. */
  readonly ingress?: PlatformIngress;
  readonly sources: readonly string[];
  readonly unverified: readonly string[];
}

export const matcher = (signal: SignalKind, matches: RegExp): Matcher => ({ signal, matches });
