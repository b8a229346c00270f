import type { Endpoint } from '../exposure/endpoint.ts';
import { type ProbeTarget, probeKey } from '../snapshot/probe.ts';

/** The modes whose addresses are meant for callers outside; Pod and cluster IPs are for those inside. */
const calledFromOutside: readonly Endpoint['mode'][] = ['loadbalancer', 'ingress', 'nodeport'];

/** The calls that show whether a port answers: its URL at each of its addresses. None for UDP, and for a host that is a wildcard. */
export function targetsOf({ url, mode, protocol, address, addresses, addressPort }: Endpoint): ProbeTarget[] {
  if (url === null || protocol !== 'TCP' || !calledFromOutside.includes(mode)) return [];
  const { hostname, protocol: scheme, pathname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (host.includes('*')) return [];
  const path = pathname === '/' ? '' : pathname;
  const isOwnName = host !== address?.toLowerCase();
  return addresses.map((each) => ({
    address: each,
    port: addressPort,
    scheme: scheme === 'https:' ? 'https' : 'http',
    host: isOwnName ? host : each,
    path,
  }));
}

/** The calls for all of these, each once. */
export function probeTargetsOf(rows: readonly Endpoint[]): ProbeTarget[] {
  return [...new Map(rows.flatMap(targetsOf).map((target) => [probeKey(target), target])).values()];
}
