import type { Endpoint } from '../exposure/endpoint.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import type { ExposeMode, PortModeName, WrittenMode } from '../exposure/port-mode-names.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import type { SkyPilotPortMode } from '../skypilot/config.ts';
import type { SkyCluster } from '../skypilot/sky-cluster.ts';
import type { PlannedRemoval, PlannedWrite } from '../snapshot/plan.ts';
import type { Snapshot, TopicRequests } from '../snapshot/snapshot.ts';

/**
 * One way to reach a port. Other code reads these fields and never compares a mode with a name. So a new mode only
 * needs one record, and is never mistaken for another mode.
 */
export interface PortMode {
  readonly name: PortModeName;
  /** Other words for it: `lb`. */
  readonly aliases: readonly string[];
  /** Type of the mode's Services; undefined if it needs no Service. */
  readonly serviceType: 'LoadBalancer' | 'NodePort' | 'ClusterIP' | undefined;
  /** Whether objects record its ports. If not, it only has rows for ports that the user names. */
  readonly recordsPorts: boolean;
  /** Where its addresses can be called from. */
  readonly calledFrom: 'anywhere' | 'kubernetes-cluster';
  /** What accepts a caller's connection: the app, or an ingress controller, which may answer with its own page. */
  readonly answeredBy: 'app' | 'controller';
  /** What to open if packets to its addresses are dropped; undefined if no firewall rule can help. */
  readonly firewallAdvice: string | undefined;
  /**
   * Every open port in this mode.
   *
   * @param ports Service ports that the user names; only for modes that record no ports
   */
  list(view: SnapshotIndex, ports: readonly number[]): Endpoint[];
  /** More lists that its rows need. */
  further?(snapshot: Snapshot): TopicRequests;
}

/** A mode that `expose` accepts. */
export interface ExposedPortMode extends PortMode {
  readonly name: ExposeMode;
  /** The value of SkyPilot's `kubernetes.ports` for this mode; undefined if SkyPilot does not have it. */
  readonly skyPilotPorts: SkyPilotPortMode | undefined;
  /** Names of flags of `expose` that only this mode accepts, without dashes. */
  readonly flags: readonly string[];
  /** Flags of `expose` that it refuses. The value is the reason. */
  readonly refusedFlags: Readonly<Record<string, string>>;
  /** The maximum number of Service ports in one call. */
  readonly mostPorts: number;
  /** Whether its rows need the nodes. */
  readonly needsNodes: boolean;
  /** A note on stderr after the rows of `expose`. */
  readonly note: string | undefined;
  /** Whether a port could be opened in this mode, apart from the results of checks. */
  possible(snapshot: Snapshot): Possible;
  /**
   * Refuses a request that is not possible in this mode.
   *
   * @throws UsageError
   */
  refuse?(request: Pick<ExposeRequest, 'ports'>): void;
}

/** A mode that `expose` writes objects for. */
export interface WrittenPortMode extends ExposedPortMode {
  readonly name: WrittenMode;
  /** Topics that have to be seen before a write, since an apply removes what it does not repeat. */
  readonly topics: readonly ('services' | 'ingresses')[];
  /** Whether its addresses are from a load balancer implementation, so that the options for load balancers apply. */
  readonly takesLoadBalancer: boolean;
  /** How to restrict who can call a public address. */
  readonly limitAdvice: string;
  /**
   * Plans the objects that open the requested ports.
   *
   * @throws UsageError for a refused request
   */
  plan(view: SnapshotIndex, request: ExposeRequest): ModePlan;
  /** Plans the removal of ports, and of objects that have no ports left. */
  close(view: SnapshotIndex, request: CloseRequest): ClosePlan;
}

/** What opens the ports: writes in their order, then removals of the objects that they replace. */
export interface ModePlan {
  readonly writes: readonly PlannedWrite[];
  readonly removals: readonly PlannedRemoval[];
  readonly warnings: readonly string[];
}

/** An answer that no check gives, with the fact behind it. The fact may be empty for `yes`. */
export interface Possible {
  readonly possible: 'yes' | 'no' | 'cannot tell';
  readonly reason: string;
}

/** The ports to close. */
export interface CloseRequest {
  readonly skyCluster: SkyCluster;
  /** Service ports; undefined closes all. */
  readonly ports: readonly number[] | undefined;
}

/** What closes the ports. */
export interface ClosePlan {
  readonly writes: readonly PlannedWrite[];
  readonly removals: readonly PlannedRemoval[];
  /** Service ports that this closes. */
  readonly closed: readonly number[];
}

/** Whether a port could be opened here in this mode, before anyone uses it. */
export interface PossibleMode extends Possible {
  readonly mode: ExposeMode;
}
