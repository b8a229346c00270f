import type { Endpoint } from '../../exposure/endpoint.ts';
import { allModes } from '../../modes/all-modes.ts';
import { type ProbeTarget, probeKey } from '../../snapshot/probe.ts';

/** The calls that show whether a port answers: its URL at each of its addresses. None for UDP, and for a host that is a wildcard. */
export function targetsOf({ url, mode, protocol, address, addresses, addressPort }: Endpoint): ProbeTarget[] {
  if (url === null || protocol !== 'TCP' || allModes[mode].calledFrom !== 'anywhere') return [];
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
