import { type Endpoint, isOpenedInAdvance } from '../../exposure/endpoint.ts';
import type { EndpointRequest } from './request.ts';
import type { Waited } from './wait.ts';

/**
 * The rows that `--wait` waits for. SkyPilot opens some ports in advance for SkyServe, and no service may ever use
 * them. So these ports are left out, unless the user named ports. A named port counts as Ready here, so that its URL is
 * called. The answer then shows whether SkyServe uses the port.
 */
export function awaitedOf({ filter }: EndpointRequest): (rows: readonly Endpoint[]) => readonly Endpoint[] {
  if (filter.ports === undefined) return (rows) => rows.filter((row) => !isOpenedInAdvance(row));
  return (rows) => rows.map((row) => (isOpenedInAdvance(row) ? { ...row, state: 'Ready', reason: '' } : row));
}

/** All rows after a wait. If a named port that SkyPilot opened in advance answered, its row is Ready. */
export function afterWait(rows: readonly Endpoint[], { settled }: Waited): Endpoint[] {
  const answering = new Set(settled.filter(({ standing }) => standing === 'answers').map(({ row }) => keyOf(row)));
  return rows.map((row) =>
    isOpenedInAdvance(row) && answering.has(keyOf(row)) ? { ...row, state: 'Ready', reason: '' } : row,
  );
}

function keyOf({ source, port, url }: Endpoint): string {
  return `${source[0]?.namespace}/${source[0]?.name} ${port} ${url}`;
}
