import type { ObjectReference } from '../snapshot/object-reference.ts';
import type { AccessList } from './access.ts';
import type { EndpointState } from './endpoint-state.ts';
import type { PortModeName } from './port-mode-names.ts';
import type { Scope } from './scope.ts';

/** Who created the object that opens the port. */
export type Owner = 'skypilot' | 'kubectl-skyports' | 'other';

/**
 * An address that a user can call. An endpoint is for one port of one SkyPilot cluster, and one object opens this port.
 */
export interface Endpoint {
  readonly skyCluster: string;
  readonly nameOnCloud: string;
  readonly namespace: string;
  /** The Service port in all modes. */
  readonly port: number;
  /** The port of the Pod: a number, or the name of a container port. */
  readonly targetPort: number | string;
  readonly protocol: string;
  readonly mode: PortModeName;
  /** The IP address or host name without brackets and port; null if the endpoint has no address yet. */
  readonly address: string | null;
  /** All addresses. The first is `address`. */
  readonly addresses: readonly string[];
  /** The port at the address: the Service port, a nodePort, 80 or 443. */
  readonly addressPort: number;
  /** The https port of the controller at the same addresses; absent if no controller is used, or if `url` is https. */
  readonly httpsPort?: number;
  /** The URL with its scheme; null without an address, and for UDP and SCTP. */
  readonly url: string | null;
  readonly inClusterUrl: string | null;
  readonly state: EndpointState;
  /**
   * Why the endpoint has its state. Usually empty for Ready. Only for a Pod IP, it says that no object shows whether
   * anything listens on the port.
   */
  readonly reason: string;
  readonly scope: Scope | null;
  /** What asks callers before the app answers. `app` appears only after a call. */
  readonly access: AccessList;
  readonly managedBy: Owner;
  /** The time when `expose --for` closes the port (ISO 8601); absent if the port stays open. */
  readonly closesAt?: string;
  readonly skyPilot: { readonly prints: string | null; readonly reason: string; readonly differs: string | null };
  /** The objects that the row was read from. The first object opens the port. */
  readonly source: readonly ObjectReference[];
  /** The user who launched the SkyPilot cluster, as in `-l skypilot-user=OWNER`; null if no label says so. */
  readonly owner: string | null;
  /** `metadata.creationTimestamp` of the first source (ISO 8601); null if the source has none. */
  readonly createdAt: string | null;
}

/** The `reason` of a port that SkyPilot opens together with a SkyServe controller, before any service uses the port. */
export const openedInAdvance = 'opened in advance by SkyServe';

/** Whether SkyPilot opened the port in advance for SkyServe, and it is unknown whether a service uses the port. */
export function isOpenedInAdvance({ state, reason }: Pick<Endpoint, 'state' | 'reason'>): boolean {
  return state === 'NoBackends' && reason === openedInAdvance;
}

/**
 * Sorts by namespace, SkyPilot cluster, port, mode and source, then by other fields. Different rows never compare as
 * equal.
 */
export function compareEndpoints(a: Endpoint, b: Endpoint): number {
  return (
    compareText(a.namespace, b.namespace) ||
    compareText(a.skyCluster, b.skyCluster) ||
    a.port - b.port ||
    compareText(a.mode, b.mode) ||
    compareText(sourceText(a), sourceText(b)) ||
    compareText(a.nameOnCloud, b.nameOnCloud) ||
    compareText(a.protocol, b.protocol) ||
    compareText(a.url ?? '', b.url ?? '')
  );
}

function sourceText({ source }: Endpoint): string {
  return source.map(({ kind, namespace, name }) => `${kind}/${namespace}/${name}`).join(' ');
}

// Does not use localeCompare: it takes 5 to 12 ms on a cold start, and its order depends on the machine.
function compareText(a: string, b: string): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

/** Whether at least one row can be called. UDP and SCTP have no URLs, so an address is enough. */
export function canBeCalled(endpoints: readonly Endpoint[]): boolean {
  return endpoints.some(({ url, protocol, address }) => url !== null || (protocol !== 'TCP' && address !== null));
}
