import { isServePort } from '../skypilot/controllers.ts';
import { type SkyCluster, userOf } from '../skypilot/sky-cluster.ts';
import type { ObjectReference, WithMetadata } from '../snapshot/object-reference.ts';
import { type AskedBySetting, accessListOf } from './access.ts';
import type { Backends } from './backends.ts';
import { differenceBetween } from './difference.ts';
import { type Endpoint, type Owner, openedInAdvance } from './endpoint.ts';
import type { EndpointState } from './endpoint-state.ts';
import type { PortModeName } from './port-mode-names.ts';
import { type Scope, scopeOf } from './scope.ts';
import { hostAndPort, type Scheme, urlOf } from './url.ts';

/**
 * The facts about one port that a mode collects. From these facts, `composeEndpoint` derives the state, the URL and the
 * scope in the same way for all modes.
 */
export interface PortFacts {
  readonly skyCluster: SkyCluster;
  readonly mode: PortModeName;
  readonly port: number;
  readonly targetPort: number | string;
  readonly protocol: string;
  readonly scheme: Scheme;
  /** The path of the URL; empty if the URL has none. */
  readonly path?: string;
  /**
   * The host of the URL, if it is not the address. It is the host of an Ingress rule, or a name that external-dns
   * publishes.
   */
  readonly host?: string | undefined;
  /** The name that external-dns publishes for the address. */
  readonly publishedHost?: string | undefined;
  readonly addresses: readonly string[];
  readonly addressPort: number;
  /** The https port of the controller at the same addresses. Only the row of an http port has it. */
  readonly httpsPort?: number | undefined;
  /** Why the row is Unknown: a topic that it needs was not seen. The text names the topic and the reason. */
  readonly unknown?: string | undefined;
  /** Why the row is Broken: it refers to an object that does not exist. */
  readonly broken?: string | undefined;
  /** Why the row has no address. */
  readonly pending: string;
  readonly backends: Backends;
  /**
   * The scope, for addresses that work only inside the Kubernetes cluster. If absent, the range of the address shows
   * the scope.
   */
  readonly scope?: Scope;
  /** What the objects on the path to the app ask callers for; empty if they ask for nothing. */
  readonly asked: readonly AskedBySetting[];
  readonly inClusterHost: string | null;
  /**
   * Whether `inClusterHost` resolves directly to the Pods. A Pod IP and the name of a headless Service do. Callers then
   * use the port of the Pod.
   */
  readonly leadsToPods?: boolean;
  /**
   * The scheme of the Service port, if it differs from `scheme`. For example, if the ingress controller ends TLS, the
   * URL is https and the Service port is http.
   */
  readonly inClusterScheme?: Scheme;
  readonly managedBy: Owner;
  /** The time when the port closes, as in the annotation of its Service; undefined if it stays open. */
  readonly closesAt?: string | undefined;
  readonly skyPilot: { readonly prints: string | null; readonly reason: string };
  readonly source: readonly ObjectReference[];
  /** The object to which the first reference in `source` refers. */
  readonly object: WithMetadata;
}

/**
 * Creates the row of a port. Its state is the first one that applies, in this order: Unknown, Broken, Pending,
 * NoBackends, Ready.
 */
export function composeEndpoint(facts: PortFacts): Endpoint {
  const address = facts.addresses[0] ?? null;
  const written = address === null ? null : urlOf(facts.scheme, facts.host ?? address, facts.addressPort, facts.path);
  const url = written !== null && URL.canParse(written) ? written : null;
  const { state, reason } = stateOf(facts, address, written !== url);
  const isTime = facts.managedBy === 'kubectl-skyports' && !Number.isNaN(Date.parse(facts.closesAt ?? ''));
  const closesAt = isTime ? facts.closesAt : undefined;
  return {
    skyCluster: facts.skyCluster.displayName,
    nameOnCloud: facts.skyCluster.nameOnCloud,
    namespace: facts.skyCluster.namespace,
    port: facts.port,
    targetPort: facts.targetPort,
    protocol: facts.protocol,
    mode: facts.mode,
    address,
    addresses: facts.addresses,
    addressPort: facts.addressPort,
    ...(facts.httpsPort !== undefined && { httpsPort: facts.httpsPort }),
    url,
    inClusterUrl: facts.inClusterHost === null ? null : inClusterUrl(facts, facts.inClusterHost),
    state,
    reason,
    scope: address === null ? null : (facts.scope ?? scopeOf(address)),
    access: accessListOf(facts.asked),
    managedBy: facts.managedBy,
    ...(closesAt !== undefined && { closesAt }),
    skyPilot: { ...facts.skyPilot, differs: differenceOf(facts, address, url) },
    source: facts.source,
    owner: userOf(facts.skyCluster),
    createdAt: facts.object.metadata?.creationTimestamp ?? null,
  };
}

function stateOf(
  facts: PortFacts,
  address: string | null,
  isNoAddress: boolean,
): { state: EndpointState; reason: string } {
  if (facts.unknown !== undefined) return { state: 'Unknown', reason: facts.unknown };
  if (facts.backends.state === 'unknown') return { state: 'Unknown', reason: facts.backends.reason };
  if (facts.broken !== undefined) return { state: 'Broken', reason: facts.broken };
  if (address === null) return { state: 'Pending', reason: facts.pending };
  if (isNoAddress)
    return { state: 'Broken', reason: `"${facts.host ?? address}" is not a valid address: no URL can have it` };
  if (facts.backends.state === 'none') return { state: 'NoBackends', reason: facts.backends.reason };
  const isInAdvance = facts.managedBy === 'skypilot' && isServePort(facts.skyCluster, facts.port);
  return isInAdvance ? { state: 'NoBackends', reason: openedInAdvance } : { state: 'Ready', reason: '' };
}

function inClusterUrl(facts: PortFacts, host: string) {
  const { scheme, inClusterScheme = scheme, port, addressPort, leadsToPods = false } = facts;
  return urlOf(inClusterScheme, host, leadsToPods ? addressPort : port);
}

function differenceOf(facts: PortFacts, address: string | null, url: string | null): string | null {
  if (facts.managedBy !== 'skypilot' || facts.unknown !== undefined) return null;
  const ours = url ?? (address === null ? null : hostAndPort(address, facts.addressPort));
  const difference = differenceBetween(ours, facts.skyPilot.prints);
  if (difference === null || facts.publishedHost === undefined || address === null) return difference;
  const atAddress = urlOf(facts.scheme, address, facts.addressPort, facts.path);
  const isNameAlone = differenceBetween(atAddress, facts.skyPilot.prints) === null;
  return isNameAlone ? `SkyPilot prints the address; external-dns publishes ${facts.publishedHost} for it` : difference;
}
