import type { SkyCluster } from '../skypilot/sky-cluster.ts';
import type { ObjectReference, WithMetadata } from '../snapshot/object-reference.ts';
import type { Backends } from './backends.ts';
import { differenceBetween } from './difference.ts';
import type { Endpoint, EndpointState, Owner, PortModeName } from './endpoint.ts';
import { type Scope, scopeOf } from './scope.ts';
import { hostAndPort, type Scheme, urlOf } from './url.ts';

/** What a mode found out about one port; from it the state, the URL and the scope follow alike for all modes. */
export interface PortFacts {
  readonly skyCluster: SkyCluster;
  readonly mode: PortModeName;
  readonly port: number;
  readonly targetPort: number | string;
  readonly protocol: string;
  readonly scheme: Scheme;
  /** Path of the URL, '' for none. */
  readonly path?: string;
  /** Host of the URL when it is not the address: an Ingress rule's host. */
  readonly host?: string | undefined;
  readonly addresses: readonly string[];
  readonly addressPort: number;
  /** A topic this row needs was not seen: which, and why. */
  readonly unknown?: string | undefined;
  /** It refers to something that is not there. */
  readonly broken?: string | undefined;
  /** Why there is no address. */
  readonly pending: string;
  readonly backends: Backends;
  /** Set for addresses that only work inside the Kubernetes cluster. */
  readonly scope?: Scope;
  readonly inClusterHost: string | null;
  readonly managedBy: Owner;
  readonly skyPilot: { readonly prints: string | null; readonly because: string };
  readonly source: readonly ObjectReference[];
  /** The first of `source`. */
  readonly object: WithMetadata;
}

/** Makes the row: the state is the first that holds of Unknown, Broken, Pending, NoBackends, Ready. */
export function composeEndpoint(facts: PortFacts): Endpoint {
  const address = facts.addresses[0] ?? null;
  const { state, reason } = stateOf(facts, address);
  const url = address === null ? null : urlOf(facts.scheme, facts.host ?? address, facts.addressPort, facts.path);
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
    url,
    inClusterUrl: facts.inClusterHost === null ? null : inClusterUrl(facts, facts.inClusterHost),
    state,
    reason,
    scope: address === null ? null : (facts.scope ?? scopeOf(address)),
    managedBy: facts.managedBy,
    skyPilot: { ...facts.skyPilot, differs: differenceOf(facts, address, url) },
    source: facts.source,
    createdAt: facts.object.metadata?.creationTimestamp ?? null,
  };
}

function stateOf(facts: PortFacts, address: string | null): { state: EndpointState; reason: string } {
  if (facts.unknown !== undefined) return { state: 'Unknown', reason: facts.unknown };
  if (facts.backends.state === 'unknown') return { state: 'Unknown', reason: facts.backends.reason };
  if (facts.broken !== undefined) return { state: 'Broken', reason: facts.broken };
  if (address === null) return { state: 'Pending', reason: facts.pending };
  if (facts.backends.state === 'none') return { state: 'NoBackends', reason: facts.backends.reason };
  return { state: 'Ready', reason: '' };
}

// The scheme of the Service port, not that of an Ingress in front: TLS ends there.
function inClusterUrl(facts: PortFacts, host: string): string | null {
  if (facts.protocol !== 'TCP') return null;
  const scheme = facts.mode === 'ingress' ? 'http' : facts.scheme;
  return urlOf(scheme, host, facts.mode === 'podip' ? facts.addressPort : facts.port);
}

function differenceOf(facts: PortFacts, address: string | null, url: string | null): string | null {
  if (facts.managedBy !== 'skypilot') return null;
  const ours = url ?? (address === null ? null : hostAndPort(address, facts.addressPort));
  return differenceBetween(ours, facts.skyPilot.prints);
}
