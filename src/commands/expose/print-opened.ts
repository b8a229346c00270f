import type { Endpoint } from '../../exposure/endpoint.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import { indexSnapshot } from '../../exposure/snapshot-index.ts';
import type { ListRequests } from '../../kubernetes/snapshots/collect.ts';
import { allModes } from '../../modes/all-modes.ts';
import { ingressesIn } from '../../modes/ingress/auth-secret.ts';
import { withIngressesJudged } from '../../modes/ingress/judged-rows.ts';
import { portsWithPassword } from '../../modes/ingress/password-users.ts';
import type { ExposePlan } from '../../modes/plan-expose.ts';
import { resolveEndpoints } from '../../modes/resolve-endpoints.ts';
import { changesAnything } from '../../snapshot/plan.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { System } from '../../system.ts';
import { exitCodes } from '../command.ts';
import { type EndpointFormat, printEndpoints, reportUnobserved } from '../endpoints/print.ts';
import { remarksOf } from '../endpoints/settle.ts';
import { hopeless, sayLate, type Waited, waitForEndpoints } from '../endpoints/wait.ts';
import { say } from '../messages.ts';
import { sayHowToStart, warnOfPublicAddresses } from './announce.ts';
import { accessFor, type ExposeCall } from './call.ts';

/** Ports that were written, and how to print them. */
export interface Opened {
  readonly format: EndpointFormat;
  readonly look: ListRequests;
  /** The snapshot with the written objects. */
  readonly snapshot: Snapshot;
  readonly request: ExposeRequest;
  readonly plan: ExposePlan;
}

/** Waits for the URLs, prints them, and returns the exit code. */
export async function printOpened(
  call: ExposeCall,
  { format, look, snapshot, request, plan }: Opened,
  system: System,
): Promise<number> {
  const { args, flags, connection, connectionValues } = call;
  const waited = await waitForEndpoints(
    {
      ...{ connection, look, snapshot },
      resolve: (from) => rowsOf(from, request, plan, flags['ingress-service']),
      waitMs: args.waitMs,
      values: connectionValues,
    },
    system,
  );
  reportUnobserved(waited.snapshot, waited.endpoints, connectionValues, system);
  const printing = { format, withHeaders: !flags['no-headers'], portsNamed: true };
  await printEndpoints(waited.snapshot, waited.endpoints, printing, system);
  await sayHowToStart({ flags, system }, plan, request, waited.endpoints);
  const asking = new Set(portsWithPassword(ingressesIn(plan)));
  if (changesAnything(plan)) {
    const protection = flags.app === undefined ? undefined : (await import('./app.ts')).protectionOf(flags.app);
    warnOfPublicAddresses(
      waited.endpoints.filter(({ port }) => !asking.has(port)),
      system,
      protection,
    );
  }
  const access = asking.size > 0 ? await accessFor({ ...call, system }) : undefined;
  access?.sayHowToCall(plan, request, waited.endpoints);
  const { note } = allModes[request.mode];
  if (note !== undefined) say(system, `note: ${note}`);
  for (const line of remarksOf(waited.settled)) say(system, line);
  if (await access?.warnOfOpenUrls(plan, request, waited)) return exitCodes.problems;
  return exitCodeOf(waited, { args, flags, connectionValues, system });
}

/**
 * The exit code after the wait. A cloud load balancer takes minutes to get an address. So a missing address is an error
 * only with `--wait`.
 */
function exitCodeOf(
  waited: Waited,
  { args, flags, connectionValues, system }: Pick<ExposeCall, 'args' | 'flags' | 'connectionValues' | 'system'>,
): number {
  if (waited.came || args.waitMs === 0) return exitCodes.fine;
  const isAsked = flags.wait !== undefined;
  sayLate(waited, { waitMs: args.waitMs, isError: isAsked, values: connectionValues }, system);
  if (!isAsked) return exitCodes.fine;
  return hopeless(waited.endpoints) ? exitCodes.uncertain : exitCodes.problems;
}

/**
 * The rows to print: rows of this plugin, and rows of ports that SkyPilot had already opened. Other rows of these ports
 * are left out.
 */
function rowsOf(
  snapshot: Snapshot,
  request: ExposeRequest,
  { alreadyOpen }: Pick<ExposePlan, 'alreadyOpen'>,
  ingressService: string | undefined,
): Endpoint[] {
  const { skyCluster, mode } = request;
  const leftAlone = new Set(alreadyOpen.map(({ port }) => port));
  const ports = request.ports.map(({ servicePort }) => servicePort);
  const view = indexSnapshot(snapshot, { ingressService });
  const rows = resolveEndpoints(view, { skyClusters: [skyCluster], modes: [mode], ports });
  return withIngressesJudged(view, rows).filter(
    ({ managedBy, port }) =>
      managedBy === 'kubectl-skyports' ||
      !allModes[mode].recordsPorts ||
      (managedBy === 'skypilot' && leftAlone.has(port)),
  );
}
