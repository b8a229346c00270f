import type { Cure } from '../errors/cure.ts';
/** What can be seen of a cluster that tells where it runs. */
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

/** One sign that suffices to tell a platform. Labels and annotations are matched as `KEY=VALUE`. */
export interface Matcher {
  readonly signal: SignalKind;
  readonly matches: RegExp;
}

/** From where a load balancer's address can be called; `pool` where that hangs on the addresses somebody gave it. */
export type LoadBalancerScheme = 'public' | 'internal' | 'pool';

/** What a Service gets for a scheme. */
export interface SchemeChange {
  readonly annotations: Readonly<Record<string, string>>;
  readonly loadBalancerClass?: string;
}

/** An annotation by which a Service says whether its load balancer is internal or public, and the values that say it. */
export interface SchemeAnnotation {
  readonly annotation: string;
  readonly internal?: RegExp;
  readonly public?: RegExp;
}

/** On what the health of a load balancer's ports hangs. */
export interface HealthCheck {
  /**
   * `shared`: one probe decides for all ports, of the first port unless it is pinned; `per-port`: each port has its own;
   * `node`: the nodes are probed, and no port of the app; `none`: nothing is probed; `unknown`: no source that was read says it.
   */
  readonly scope: 'shared' | 'per-port' | 'node' | 'none' | 'unknown';
  /**
   * Annotations that make one port's health count for all. `{port}` in a value stands for that port; a key with `{other}` is
   * written for each other port.
   */
  readonly pin?: Readonly<Record<string, string>>;
  /** An annotation that makes of it a load balancer which probes each port: the values that do, and the one to write. */
  readonly eachWith?: { readonly annotation: string; readonly values: RegExp; readonly value: string };
  /** An annotation that says which port of the nodes is probed: on what the health hangs cannot be told then. */
  readonly overriddenBy?: string;
  /**
   * The annotation that keeps a port with `appProtocol` http or https from being probed by HTTP, and those with which that
   * is no matter; `{port}` stands for the port.
   */
  readonly plainProbe?: { readonly annotation: string; readonly value: string; readonly unless: readonly string[] };
}

/** How a certain address is asked for. */
export type StaticIp =
  | {
      readonly annotation: string;
      /** For an IPv6 address: another annotation; null where none can be asked for. Absent where the same one takes both. */
      readonly ipv6?: string | null;
    }
  | { readonly field: 'loadBalancerIP' };

/** A number that a load balancer does not go beyond. */
export interface Limit {
  readonly ports: number;
  readonly what: string;
  /** `hard`: it takes no more; `quota`: the cloud raises it on demand; `opens-range`: more are opened than were named. */
  readonly limitKind: 'hard' | 'quota' | 'opens-range';
  /** It holds only where an annotation of the Service has such a value, and then instead of those that hang on nothing. */
  readonly where?: { readonly annotation: string; readonly values: RegExp };
  readonly source: string;
}

/** What its own words about a Service without an address mean. */
export interface EventExplanation {
  /** Of the Service's warning event, or of its condition. */
  readonly reason: RegExp;
  /** Of the message; absent for any. */
  readonly message?: RegExp;
  /** What is so, in a few words. */
  readonly cause: string;
  /** What fixes it. */
  readonly advice: string;
  /** What shows more. */
  readonly look?: Cure;
  /** It was seen to be written so in test/e2e. */
  readonly ran?: true;
  readonly source: string;
}

/** A controller that gives Services of type LoadBalancer their addresses. */
export interface LoadBalancer {
  /** kebab-case; the file's name, and the value of `--platform`. */
  readonly id: string;
  readonly title: string;
  /** Any of these tells that it is there. Empty for one that comes with its platform. */
  readonly matchers: readonly Matcher[];
  /** `spec.loadBalancerClass` of the Services that are its own. */
  readonly classes: readonly string[];
  /** By which its controller is told to serve another class: what it serves cannot be seen then. */
  readonly classFlag?: string;
  /** Ids of others that make nothing for a new Service where this one is there. */
  readonly replaces?: readonly string[];
  /** Its Pods bear the label `app.kubernetes.io/name`: where Pods were seen and none of them, its API group is only left over. */
  readonly requiresPod?: true;
  /** Its annotations began otherwise once, and who is older knows them by that alone; `writes` is one that it writes itself. */
  readonly legacyPrefix?: { readonly now: string; readonly before: string; readonly writes: string };
  readonly defaultScheme: LoadBalancerScheme;
  /** Null where there is no such notion; `instead` says what there is. */
  readonly internal: SchemeChange | null;
  readonly public: SchemeChange | null;
  readonly instead?: string;
  /** By which annotations a Service says its scheme, the strongest first; absent where those of `internal` and `public` are all. */
  readonly schemeAnnotations?: readonly SchemeAnnotation[];
  /** Classes that say a scheme. */
  readonly schemeOfClass?: Readonly<Record<string, 'internal' | 'public'>>;
  /** Why SkyPilot cannot be made to do the same by annotations, per scheme; absent where it can. */
  readonly notBySkyPilot?: { readonly internal?: string; readonly public?: string };
  /** Its addresses are those of the user's own machine: localhost is right then. */
  readonly isLocalOnly?: true;
  /** How a Service gets an address of a certain pool: it names it, it has the labels that the pool selects, or it is in its namespace. */
  readonly pools?:
    | { readonly by: 'annotation'; readonly annotation: string; readonly topic: 'addressPools' }
    | { readonly by: 'labels'; readonly topic: 'ciliumPools' }
    | { readonly by: 'namespace' };
  /** It gives each port of the nodes to one Service, so that another one with that port waits in vain. */
  readonly sharesNodePorts?: true;
  /** Set if it gives addresses only while a program of the user runs: what is so until then. */
  readonly givesOnlyWhile?: { readonly cause: string; readonly advice: string; readonly look: Cure };
  /** How a Service asks for an address: an annotation, or the field that most ignore (`spec.loadBalancerIP`). */
  readonly staticIp?: StaticIp;
  /** Whether it reaches Pods without nodePorts (`spec.allocateLoadBalancerNodePorts: false`). */
  readonly supportsNoNodePorts?: boolean;
  readonly healthCheck: HealthCheck;
  readonly limits: readonly Limit[];
  /** Of its events and conditions; those that the service controller of every cloud writes stand in readings.ts. */
  readonly eventExplanations?: readonly EventExplanation[];
  /** Types of the conditions by which it says on a Service that there is no address, and the status that says so. */
  readonly failureConditions?: Readonly<Record<string, 'True' | 'False'>>;
  /** Where the facts are from. */
  readonly sources: readonly string[];
  /** What no source settles, and is said to the user so. */
  readonly unverified: readonly string[];
  /** `ran`: tried with the real thing in test/e2e; `read`: from the sources alone. */
  readonly tried: 'ran' | 'read';
}

/** A cloud or a distribution of Kubernetes. */
export interface Platform {
  readonly id: string;
  readonly title: string;
  readonly matchers: readonly Matcher[];
  /** What gives addresses there unless something else is installed; null where nothing does. */
  readonly loadBalancer: LoadBalancer | null;
  /** The program in the labels of ServiceLB's Pods, where its servers may run it: nothing but its Pods shows whether they do. */
  readonly serviceLbProgram?: 'k3s' | 'rke2';
  /** How to get addresses where nothing gives them. */
  readonly without?: string;
  /** A command that changes that. */
  readonly withoutCure?: Cure;
  readonly sources: readonly string[];
  readonly unverified: readonly string[];
}

/** For inference and for one place to look. */
export const matcher = (signal: SignalKind, matches: RegExp): Matcher => ({ signal, matches });
