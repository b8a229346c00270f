import type { Endpoint } from '../exposure/endpoint.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import type { ExposeMode, PortModeName, WrittenMode } from '../exposure/port-mode-names.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import type { SkyPilotPortMode } from '../skypilot/config.ts';
import type { SkyCluster } from '../skypilot/sky-cluster.ts';
import type { PlannedRemoval, PlannedWrite } from '../snapshot/plan.ts';
import type { Snapshot, TopicRequests } from '../snapshot/snapshot.ts';

/**
 * One way to reach a port. The rest of the program asks these values and never compares a mode with a name, so that a new
 * mode is one record and is never taken for another one.
 */
export interface PortMode {
  readonly name: PortModeName;
  /** Words that users type for it: `lb`. */
  readonly aliases: readonly string[];
  /** Type of the Services that this mode works with; undefined if it needs no Service. */
  readonly serviceType: 'LoadBalancer' | 'NodePort' | 'ClusterIP' | undefined;
  /** Whether objects record its ports. If not, it has rows only for ports that the user names. */
  readonly recordsPorts: boolean;
  /** Where its addresses can be called from. */
  readonly calledFrom: 'anywhere' | 'kubernetes-cluster';
  /** What takes a caller's connection: the app, or an ingress controller, whose answer need not be the app's. */
  readonly answeredBy: 'app' | 'controller';
  /** What to open if packets to its addresses are dropped; undefined if no rule between caller and address applies. */
  readonly firewallAdvice: string | undefined;
  /** Every port that is open in this mode. @param ports Service ports that the user names; only modes without records read them */
  list(view: SnapshotIndex, ports: readonly number[]): Endpoint[];
  /** Lists that its rows need besides those that every look asks for. */
  further?(snapshot: Snapshot): TopicRequests;
}

/** A mode that `expose` takes. */
export interface ExposedPortMode extends PortMode {
  readonly name: ExposeMode;
  /** The value of SkyPilot's `kubernetes.ports` for this mode; undefined if SkyPilot does not have it. */
  readonly skyPilotPorts: SkyPilotPortMode | undefined;
  /** Names of flags of `expose` that only this mode takes, without dashes. */
  readonly flags: readonly string[];
  /** Flags of `expose` that it refuses: why, by name. */
  readonly refusedFlags: Readonly<Record<string, string>>;
  /** The most Service ports that one call may open. */
  readonly mostPorts: number;
  /** Whether its rows need the nodes. */
  readonly needsNodes: boolean;
  /** A note on stderr after `expose` has printed the rows. */
  readonly note: string | undefined;
  /** Whether a port could be opened here in this mode, as far as no check decides it. */
  possible(snapshot: Snapshot): Possible;
  /** Refuses a request that makes no sense in this mode. @throws UsageError */
  refuse?(request: Pick<ExposeRequest, 'ports'>): void;
}

/** A mode that `expose` writes objects for. */
export interface WrittenPortMode extends ExposedPortMode {
  readonly name: WrittenMode;
  /** Topics that have to be seen before anything is written, since an apply drops what it does not repeat. */
  readonly topics: readonly ('services' | 'ingresses')[];
  /** Whether an address comes from what gives Services of type LoadBalancer addresses, so that its options apply. */
  readonly takesLoadBalancer: boolean;
  /** How to limit who can call a public address. */
  readonly limitAdvice: string;
  /** Plans the objects that open the ports of the request. @throws UsageError for what is refused */
  plan(view: SnapshotIndex, request: ExposeRequest): ModePlan;
  /** Plans the end of ports, and of objects without any port left. */
  close(view: SnapshotIndex, request: CloseRequest): ClosePlan;
}

/** What opens the ports: writes in their order, then removals of what the writes replace. */
export interface ModePlan {
  readonly writes: readonly PlannedWrite[];
  readonly removals: readonly PlannedRemoval[];
  readonly warnings: readonly string[];
}

/** What no check can tell before it is tried, with the fact behind it; with `yes` it may be empty. */
export interface Possible {
  readonly possible: 'yes' | 'no' | 'cannot tell';
  readonly reason: string;
}

/** What is to be closed. */
export interface CloseRequest {
  readonly skyCluster: SkyCluster;
  /** Service ports; undefined closes all of them. */
  readonly ports: readonly number[] | undefined;
}

/** What closes it. */
export interface ClosePlan {
  readonly writes: readonly PlannedWrite[];
  readonly removals: readonly PlannedRemoval[];
  /** Service ports that this closes. */
  readonly closed: readonly number[];
}

/** Whether a mode could open a port here, judged before anybody uses it. */
export interface PossibleMode extends Possible {
  readonly mode: ExposeMode;
}
