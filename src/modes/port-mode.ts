import type { Endpoint } from '../exposure/endpoint.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import type { ExposeMode, PortModeName, WrittenMode } from '../exposure/port-mode-names.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import type { SkyPilotPortMode } from '../skypilot/config.ts';
import type { SkyCluster } from '../skypilot/sky-cluster.ts';
import type { PlannedRemoval, PlannedWrite } from '../snapshot/plan.ts';
import type { Snapshot, TopicRequests } from '../snapshot/snapshot.ts';

/**
 * One way to reach a port. Code outside src/modes reads these fields and never compares the name of a mode. So a new
 * mode needs only one record.
 */
export interface PortMode {
  readonly name: PortModeName;
  /** Other words for the mode that a user may type, such as `lb`. An error message then suggests the mode. */
  readonly aliases: readonly string[];
  /** The type of the mode's Services; undefined if the mode needs no Service. */
  readonly serviceType: 'LoadBalancer' | 'NodePort' | 'ClusterIP' | undefined;
  /**
   * Whether Kubernetes objects record the ports of this mode. If not, the mode only has rows for ports that the user
   * names.
   */
  readonly recordsPorts: boolean;
  /** The place from which the addresses of this mode can be called. */
  readonly calledFrom: 'anywhere' | 'kubernetes-cluster';
  /** The program that accepts a caller's connection. An ingress controller may answer with its own page. */
  readonly answeredBy: 'app' | 'controller';
  /**
   * The firewall rules to change if packets to the mode's addresses are dropped; undefined if no firewall rule can
   * help.
   */
  readonly firewallAdvice: string | undefined;
  /**
   * The endpoints of all open ports in this mode.
   *
   * @param ports the Service ports that the user names; only for modes that record no ports
   */
  list(view: SnapshotIndex, ports: readonly number[]): Endpoint[];
  /** The requests for further lists that the rows of this mode need. */
  further?(snapshot: Snapshot): TopicRequests;
}

/** A mode that `expose` accepts. */
export interface ExposedPortMode extends PortMode {
  readonly name: ExposeMode;
  /** The value of SkyPilot's `kubernetes.ports` for this mode; undefined if SkyPilot does not have the mode. */
  readonly skyPilotPorts: SkyPilotPortMode | undefined;
  /** The flags of `expose` that only this mode accepts: their names without dashes. */
  readonly flags: readonly string[];
  /**
   * The flags of `expose` that this mode refuses. The key is the flag's name without dashes, and the value is the
   * reason.
   */
  readonly refusedFlags: Readonly<Record<string, string>>;
  /** The maximum number of Service ports in one call. */
  readonly mostPorts: number;
  /** Whether the rows of this mode need the list of nodes. */
  readonly needsNodes: boolean;
  /** A note that `expose` prints on stderr after its rows; undefined if the mode needs no note. */
  readonly note: string | undefined;
  /** Whether a port could be opened in this mode. The results of the doctor's checks are not considered. */
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
  /**
   * The topics that have to be seen before a write, since an apply removes fields that the manifest does not repeat.
   */
  readonly topics: readonly ('services' | 'ingresses')[];
  /**
   * Whether a load balancer implementation assigns the addresses of this mode. If so, the options for load balancers
   * apply.
   */
  readonly takesLoadBalancer: boolean;
  /** How a user restricts the callers of a public address. */
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

/** The changes that open the ports: first the writes, then the removals of objects that the writes replace. */
export interface ModePlan {
  readonly writes: readonly PlannedWrite[];
  readonly removals: readonly PlannedRemoval[];
  readonly warnings: readonly string[];
}

/** Whether a port could be opened, and the reason. The reason may be empty for `yes`. */
export interface Possible {
  readonly possible: 'yes' | 'no' | 'cannot tell';
  readonly reason: string;
}

/** The ports to close. */
export interface CloseRequest {
  readonly skyCluster: SkyCluster;
  /** The Service ports; undefined closes all ports. */
  readonly ports: readonly number[] | undefined;
}

/** The changes that close the ports. */
export interface ClosePlan {
  readonly writes: readonly PlannedWrite[];
  readonly removals: readonly PlannedRemoval[];
  /** The Service ports that these changes close. */
  readonly closed: readonly number[];
}

/** Whether a port could be opened in one mode in this Kubernetes cluster, even if nothing uses the mode yet. */
export interface PossibleMode extends Possible {
  readonly mode: ExposeMode;
}
