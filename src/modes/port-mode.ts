import type { Endpoint } from '../exposure/endpoint.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import type { ExposeMode, PortModeName, WrittenMode } from '../exposure/port-mode-names.ts';
import type { SnapshotIndex } from '../exposure/snapshot-index.ts';
import type { SkyPilotPortMode } from '../skypilot/port-modes.ts';
import type { SkyCluster } from '../skypilot/sky-cluster.ts';
import type { PlannedRemoval, PlannedWrite } from '../snapshot/plan.ts';
import type { Snapshot, TopicRequests } from '../snapshot/snapshot.ts';
import type { HopName } from './hops.ts';

/**
 * One way to reach a port. Code outside src/modes reads these fields, and never compares names of modes. So a new mode
 * needs only one record.
 */
export interface PortMode {
  readonly name: PortModeName;
  /** Other words for the mode, such as `lb`. If a user types one of them, the error suggests the mode. */
  readonly aliases: readonly string[];
  /** The type of the Services in this mode; undefined if the mode needs no Service. */
  readonly serviceType: 'LoadBalancer' | 'NodePort' | 'ClusterIP' | undefined;
  /**
   * Whether Kubernetes objects contain the open ports of this mode. If not, only ports that the user names have rows.
   */
  readonly recordsPorts: boolean;
  /** From where callers can use the addresses of this mode. */
  readonly calledFrom: 'anywhere' | 'kubernetes-cluster';
  /**
   * The program that accepts a caller's connection: the app itself, or an ingress controller. A controller may answer
   * with its own error page.
   */
  readonly answeredBy: 'app' | 'controller';
  /** The stations of a packet from the caller to the app, in their order. */
  readonly hops: readonly HopName[];
  /**
   * The firewall rules to change if packets to the addresses of this mode are dropped; undefined if no firewall rule
   * helps.
   */
  readonly firewallAdvice: string | undefined;
  /**
   * The endpoints of all open ports in this mode.
   *
   * @param ports the Service ports that the user named; only for modes in which no object contains the ports
   */
  list(view: SnapshotIndex, ports: readonly number[]): Endpoint[];
  /** The requests for more lists that the rows of this mode need. */
  further?(snapshot: Snapshot): TopicRequests;
}

/** A mode that `expose` accepts. */
export interface ExposedPortMode extends PortMode {
  readonly name: ExposeMode;
  /** The value of `kubernetes.ports` in SkyPilot's configuration; undefined if SkyPilot does not have this mode. */
  readonly skyPilotPorts: SkyPilotPortMode | undefined;
  /** The flags of `expose` that only this mode accepts, without dashes. */
  readonly flags: readonly string[];
  /** The flags of `expose` that this mode refuses. The key is the flag without dashes. */
  readonly refusedFlags: Readonly<Record<string, RefusedFlag>>;
  /** The maximum number of Service ports in one call. */
  readonly mostPorts: number;
  /** Whether the rows of this mode need the list of nodes. */
  readonly needsNodes: boolean;
  /** A note that `expose` prints on stderr after its rows; undefined for no note. */
  readonly note: string | undefined;
  /** Whether a port could be opened in this mode. Problems that the doctor's checks find do not count. */
  possible(snapshot: Snapshot): Possible;
  /**
   * Refuses a request that is not possible in this mode.
   *
   * @throws UsageError
   */
  refuse?(request: Pick<ExposeRequest, 'ports'>): void;
}

/** Why a mode refuses a flag. */
export interface RefusedFlag {
  readonly why: string;
  /** What the user can do, one suggestion each, without `or`. Absent: leave the flag out. */
  readonly instead?: readonly string[];
}

/** A mode that `expose` writes objects for. */
export interface WrittenPortMode extends ExposedPortMode {
  readonly name: WrittenMode;
  /**
   * The topics that must be seen before a write, because an apply removes every field that the manifest does not
   * repeat.
   */
  readonly topics: readonly ('services' | 'ingresses')[];
  /** Whether a load balancer gives the addresses of this mode. If so, the options for load balancers apply. */
  readonly takesLoadBalancer: boolean;
  /** How a user can limit who may call a public address. */
  readonly limitAdvice: string;
  /**
   * Plans the objects that open the requested ports.
   *
   * @throws UsageError for a refused request
   */
  plan(view: SnapshotIndex, request: ExposeRequest): ModePlan;
  /** Plans the removal of ports. An object without ports is removed. */
  close(view: SnapshotIndex, request: CloseRequest): ClosePlan;
}

/** The changes that open the ports: first writes, then removals of the objects that these writes replace. */
export interface ModePlan {
  readonly writes: readonly PlannedWrite[];
  readonly removals: readonly PlannedRemoval[];
  readonly warnings: readonly string[];
  /** The ports that are closed for a moment, because the same callers may no longer call them. Absent: none. */
  readonly closedFirst?: readonly number[];
  /** The ports that callers need a password for now, and not after the writes. Absent: none. */
  readonly withoutPassword?: readonly number[];
}

/** Whether a port could be opened, and why. For `yes`, the reason may be empty. */
export interface Possible {
  readonly possible: 'yes' | 'no' | 'cannot tell';
  readonly reason: string;
}

/** The ports to close. */
export interface CloseRequest {
  readonly skyCluster: SkyCluster;
  /** The Service ports; undefined for all ports. */
  readonly ports: readonly number[] | undefined;
}

/** The changes that close the ports. */
export interface ClosePlan {
  readonly writes: readonly PlannedWrite[];
  readonly removals: readonly PlannedRemoval[];
  /** The Service ports that are closed by these changes. */
  readonly closed: readonly number[];
}

/** Whether a port could be opened in one mode in this Kubernetes cluster. The mode need not be in use yet. */
export interface PossibleMode extends Possible {
  readonly mode: ExposeMode;
  /** What `yes` does not cover, because it was not looked at; undefined if everything was. */
  readonly open?: string;
}
