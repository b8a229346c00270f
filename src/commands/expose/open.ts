import { advice } from '../../errors/cure.ts';
import { Failure } from '../../errors/failure.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import { indexSnapshot } from '../../exposure/snapshot-index.ts';
import { journaled } from '../../kubernetes/changes/journal.ts';
import type { ListRequests } from '../../kubernetes/snapshots/collect.ts';
import { holdsPorts, withApplied } from '../../modes/applied.ts';
import { listed } from '../../snapshot/text.ts';
import type { HeldSignals } from '../../system.ts';
import { exitCodes } from '../command.ts';
import type { EndpointFormat } from '../endpoints/print.ts';
import { say, sayWithCures } from '../messages.ts';
import { applyWithRetry } from '../retry-on-conflict.ts';
import { announce, sayPlan } from './announce.ts';
import { accessFor, type ExposeCall } from './call.ts';
import { pathsLeadSomewhere, servicesInUse } from './check-paths.ts';
import { listsOfExpose, type PreparedExpose, prepareExpose } from './prepare.ts';
import { printOpened } from './print-opened.ts';

/** Opens the ports, prints their URLs, and returns the exit code. */
export async function openPorts(call: ExposeCall, format: EndpointFormat): Promise<number> {
  const { flags, connection, system } = call;
  const look = listsOfExpose(call);
  let said = false;
  // With --for, a signal during or after the writes closes the ports.
  let signals: HeldSignals | undefined;
  let begun: PreparedExpose | undefined;
  let isAgreed = false;
  const agreed = new Set<number>();
  let since = 0;
  let passwordLook: Promise<void> | undefined;
  const prepare = async () => {
    since = performance.now();
    const round = await prepareExpose(call, look);
    if (!said) sayPlan({ ...round.plan, chosen: round.chosen, notes: round.notes }, system);
    said = true;
    const losing = round.plan.withoutPassword ?? [];
    isAgreed = losing.every((port) => agreed.has(port)) || (await losesPasswords(call, round));
    for (const port of losing) if (isAgreed) agreed.add(port);
    if (!isAgreed && begun) throw passwordMeanwhile(losing);
    if (!isAgreed) return round;
    if (round.request.closesAt) signals ??= system.holdSignals();
    begun = round;
    return round;
  };
  const done = await journaled(system.stderr.line, async (journal) => {
    const first = await prepare();
    if (!isAgreed) return undefined;
    return applyWithRetry({
      ...{ connection, journal, first, prepare, secret: call.access?.password },
      forceConflicts: flags['force-conflicts'] ?? false,
      besideLast: ({ request }) => {
        passwordLook = call.access?.lookAgain(request);
      },
      inUse: (created) => servicesInUse(connection, created),
      isDone: async (written, { plan, snapshot }) => {
        if (!holdsPorts(written)) return false;
        const [isDone] = await Promise.all([
          pathsLeadSomewhere(connection, written, { plan, snapshot, since }),
          passwordLook,
        ]);
        return isDone;
      },
    });
  }).catch(async (error) => {
    if (begun && signals) await closeAgain(call, begun.request, signals);
    if (begun) await sayAfterFailure(call, begun, look);
    throw error;
  });
  if (!done) {
    say(system, 'nothing was changed');
    return exitCodes.failed;
  }
  const { prepared, applied } = done;
  const { request, plan } = prepared;
  announce(plan, applied, request, system);
  call.access?.warnIfReplaced();
  const snapshot = withApplied(prepared.snapshot, applied, plan.removals);
  const opened = { format, look, snapshot, request, plan };
  if (!signals) return printOpened(call, opened, system);
  const { openForATime } = await import('./open-for-a-time.ts');
  return openForATime({ ...opened, connection, connectionValues: call.connectionValues, system, signals }, (during) =>
    printOpened(call, opened, during),
  );
}

/** Another program has given the ports a password since the user was asked, and the user wants to keep it. */
function passwordMeanwhile(ports: readonly number[]): Failure {
  const ask = ports.length === 1 ? `port ${ports[0]} now asks` : `ports ${listed(ports.map(String))} now ask`;
  const fact = `${ask} for a password, which another program has set meanwhile`;
  return new Failure('objects-keep-changing', fact, [advice('try again')]);
}

/** Whether ports may lose their passwords. The user is asked only if public ports lose one. */
async function losesPasswords(call: ExposeCall, { plan, snapshot, request }: PreparedExpose): Promise<boolean> {
  const view = indexSnapshot(snapshot, { ingressService: call.flags['ingress-service'] });
  return (await accessFor(call)).agrees(plan, view, request);
}

/** Says what failed writes mean for callers, if the call changes who may call the ports. */
async function sayAfterFailure(call: ExposeCall, { plan, request }: PreparedExpose, look: ListRequests): Promise<void> {
  if (call.access === undefined && (plan.closedFirst ?? []).length === 0) return;
  await (await accessFor(call)).sayAfterFailure(plan, request, look);
}

/** Closes the ports of an `expose --for` whose writes failed, because nothing would close them later. */
async function closeAgain(
  { connection, connectionValues, system }: ExposeCall,
  request: ExposeRequest,
  signals: HeldSignals,
): Promise<void> {
  const { closeUnfinished } = await import('./open-for-a-time.ts');
  try {
    await closeUnfinished({ request, connection, connectionValues, system, signals });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    sayWithCures(system, `warning: ${error.message}`, error.cures, connectionValues);
  }
}
