import type { Service } from 'kubernetes-types/core/v1';
import { UsageError } from '../errors/usage-error.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import type { Detected } from '../platforms/detect.ts';
import type { LoadBalancer } from '../platforms/platform.ts';
import type { AskedOfPlatform } from './expose-platform-flags.ts';
import { theOnly, withAnnotations } from './expose-platform-place.ts';

interface Around {
  readonly candidates: readonly Detected<LoadBalancer>[];
  /** Our Service, when it is there. */
  readonly live: Service | undefined;
  /** The Service port that was named first. */
  readonly firstPort: number;
}

/**
 * Where one probe decides for all ports, turns it to the port that was asked for, else to the first that was named: by the
 * load balancer's annotation, or else by its place in the list.
 *
 * @throws UsageError for a port that is not opened, and where no single probe decides
 */
export function withHealthCheck(
  request: ExposeRequest,
  { healthCheck }: AskedOfPlatform,
  { candidates, live, firstPort }: Around,
): { request: ExposeRequest; notes: string[] } {
  const [only, second] = candidates;
  const decides = only && !second ? only.what.healthCheck : undefined;
  const isAsked = typeof healthCheck === 'number';
  if (isAsked) refuseInVain(healthCheck, request, candidates, live);
  if (healthCheck === 'none' || decides?.decides !== 'one' || (live && !isAsked)) return { request, notes: [] };
  const port = isAsked ? healthCheck : firstPort;
  const isAlone = !live && request.ports.length === 1;
  const note = `the health of all ports hangs on port ${port}: ${only!.what.title} probes one port for all`;
  const notes = isAlone ? [] : [note];
  const { pinnedBy } = decides;
  if (!pinnedBy) return { request: { ...request, firstPort: port }, notes };
  // What the user says by hand counts.
  const { set, remove } = request.annotations;
  if (!isAsked && (Object.hasOwn(set, pinnedBy) || remove.includes(pinnedBy))) return { request, notes: [] };
  const annotations = withAnnotations(request, { [pinnedBy]: String(port) }, '--health-check');
  return { request: { ...request, annotations }, notes };
}

function refuseInVain(
  port: number,
  { ports }: ExposeRequest,
  candidates: readonly Detected<LoadBalancer>[],
  live: Service | undefined,
): void {
  const open = [...(live?.spec?.ports ?? []).map((each) => each.port), ...ports.map(({ servicePort }) => servicePort)];
  if (!open.includes(port)) {
    throw new UsageError(`--health-check ${port}: that port is not opened`, `it takes one of ${open.join(', ')}`);
  }
  const { title, healthCheck } = theOnly(candidates, '--health-check').what;
  if (healthCheck.decides !== 'one') {
    throw new UsageError(
      `${title}: no single probe decides for all ports, as far as is known`,
      'leave --health-check out',
    );
  }
  if (live && !healthCheck.pinnedBy) {
    throw new UsageError(
      `${title} probes the first port of a Service, and that order is set when it is made`,
      'unexpose, then expose with the port first',
    );
  }
}
