import { type Endpoint, isOpenedInAdvance } from '../../exposure/endpoint.ts';
import type { EndpointRequest } from './request.ts';
import type { Waited } from './wait.ts';

/**
 * The rows that `--wait` waits for. SkyPilot opens some ports in advance for SkyServe, and perhaps no service ever uses
 * them. These ports are left out unless the user named ports. If the user named such a port, it counts as Ready, so its
 * URL is called. The answer shows whether SkyServe uses the port.
 */
export function awaitedOf({ filter }: EndpointRequest): (rows: readonly Endpoint[]) => readonly Endpoint[] {
  if (filter.ports === undefined) return (rows) => rows.filter((row) => !isOpenedInAdvance(row));
  return (rows) => rows.map((row) => (isOpenedInAdvance(row) ? { ...row, state: 'Ready', reason: '' } : row));
}

/** All rows after a wait. SkyPilot may have opened a named port in advance. If this port answered, its row is Ready. */
export function afterWait(rows: readonly Endpoint[], { settled }: Waited): Endpoint[] {
  const answering = new Set(settled.filter(({ standing }) => standing === 'answers').map(({ row }) => keyOf(row)));
  return rows.map((row) =>
    isOpenedInAdvance(row) && answering.has(keyOf(row)) ? { ...row, state: 'Ready', reason: '' } : row,
  );
}

function keyOf({ source, port, url }: Endpoint): string {
  return `${source[0]?.namespace}/${source[0]?.name} ${port} ${url}`;
}
