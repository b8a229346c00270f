import { advice } from '../../errors/cure.ts';
import { Failure } from '../../errors/failure.ts';
import type { Endpoint } from '../../exposure/endpoint.ts';
import { fieldManager } from '../../exposure/ownership.ts';
import type { ExposeRequest } from '../../exposure/plan/expose-request.ts';
import { indexSnapshot } from '../../exposure/snapshot-index.ts';
import { applyPlan } from '../../kubernetes/changes/apply.ts';
import { journaled } from '../../kubernetes/changes/journal.ts';
import type { ListRequests } from '../../kubernetes/snapshots/collect.ts';
import { allModes } from '../../modes/all-modes.ts';
import { holdsPorts, withApplied } from '../../modes/applied.ts';
import { ingressesIn } from '../../modes/ingress/auth-secret.ts';
import { withIngressesJudged } from '../../modes/ingress/judged-rows.ts';
import { portsWithPassword } from '../../modes/ingress/password-users.ts';
import type { ExposePlan } from '../../modes/plan-expose.ts';
import { resolveEndpoints } from '../../modes/resolve-endpoints.ts';
import { changesAnything } from '../../snapshot/plan.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { listed } from '../../snapshot/text.ts';
import type { HeldSignals, System } from '../../system.ts';
import { type ConnectionValues, exitCodes } from '../command.ts';
import { connectToCluster } from '../connection/connect.ts';
import { type EndpointFormat, parseEndpointFormat, printEndpoints, reportUnobserved } from '../endpoints/print.ts';
import { remarksOf } from '../endpoints/settle.ts';
import { hopeless, sayLate, type Waited, waitForEndpoints } from '../endpoints/wait.ts';
import { type ManifestFormat, parseManifestFormat, printManifests } from '../flags/print-manifests.ts';
import { say, sayWithCures } from '../messages.ts';
import { applyWithRetry } from '../retry-on-conflict.ts';
import { announce, sayPlan, warnOfPublicAddresses } from './announce.ts';
import { pathsLeadSomewhere } from './check-paths.ts';
import type { ExposeFlagValues } from './command.ts';
import { readLoadBalancerOptions } from './load-balancer-options.ts';
import { type ExposeArguments, readExposeArguments, refuseContradictions } from './options.ts';
import { type ExposeCall, listsOfExpose, type PreparedExpose, prepareExpose } from './prepare.ts';
import { printSkyConfig } from './print-sky-config.ts';

/** Runs `expose`; returns the exit code. */
export async function runExpose(
  operands: readonly string[],
  flags: ExposeFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  if (operands.length === 1 || flags.filename !== undefined) {
    const { namePorts } = await import('./name-ports.ts');
    const named = await namePorts({ operands, flags }, connectionValues, system);
    return named ? runExpose(named.operands, named.flags, connectionValues, system) : exitCodes.failed;
  }
  const args = await readArguments(operands, flags, system);
  const options = readLoadBalancerOptions(flags, system);
  if (args.mode) refuseContradictions(flags, args.mode);
  const format = args.dryRun ? undefined : await parseEndpointFormat(flags.output);
  const manifestFormat = args.dryRun ? parseManifestFormat(flags.output) : undefined;
  const { auth } = args.request;
  const isTyped = auth?.is === 'basic' && auth.newPassword;
  const password = isTyped ? await (await import('./password.ts')).readPassword(system) : undefined;
  const connection = await connectToCluster(connectionValues, system);
  try {
    const base = { args, flags, options, connection, connectionValues, system };
    const call = { ...base, access: await accessOf(base, password) };
    if (flags['print-sky-config']) return await printSkyConfig(call);
    return format ? await open(call, format) : await dryRunExpose(call, manifestFormat);
  } catch (error) {
    throw (await import('./refused.ts')).withRefuser(error, connection.namespace);
  } finally {
    connection.close();
  }
}

/** What this call does about passwords; undefined without `--auth`. */
async function accessOf(call: Omit<ExposeCall, 'access'>, password: string | undefined): Promise<ExposeCall['access']> {
  const { auth } = call.args.request;
  if (auth === undefined) return undefined;
  const [{ ExposeAccess }, { NewPassword }] = await Promise.all([import('./access.ts'), import('./password.ts')]);
  const makesOne = auth.is === 'basic' && auth.secret === undefined && !call.args.dryRun;
  return new ExposeAccess(makesOne ? new NewPassword(password, call.system) : undefined, call);
}

/** What this call does about passwords, also without `--auth`: a port may have a password already. */
async function accessFor(call: ExposeCall): Promise<NonNullable<ExposeCall['access']>> {
  return call.access ?? new (await import('./access.ts')).ExposeAccess(undefined, call);
}

async function readArguments(
  operands: readonly string[],
  flags: ExposeFlagValues,
  system: System,
): Promise<ExposeArguments> {
  const args = readExposeArguments(operands, flags);
  if (flags.app === undefined) return args;
  const { fieldsForApp } = await import('./app.ts');
  return { ...args, request: { ...args.request, ...fieldsForApp(flags, args.request, system) } };
}

async function open(call: ExposeCall, format: EndpointFormat): Promise<number> {
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

interface Opened {
  readonly format: EndpointFormat;
  readonly look: ListRequests;
  /** The snapshot with the written objects. */
  readonly snapshot: Snapshot;
  readonly request: ExposeRequest;
  readonly plan: ExposePlan;
}

/** Waits for the URLs, and prints them. */
async function printOpened(
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

/** Says how to start the apps that have to know their path or host. */
async function sayHowToStart(
  { flags, system }: Pick<ExposeCall, 'flags' | 'system'>,
  plan: ExposePlan,
  request: ExposeRequest,
  endpoints: readonly Endpoint[],
): Promise<void> {
  const isHint = flags.app === undefined && request.rewrite !== 'keep';
  if (isHint && (allModes[request.mode].answeredBy === 'app' || !changesAnything(plan))) return;
  const { startLines } = await import('./app.ts');
  for (const line of startLines(request, plan, endpoints, flags)) say(system, line);
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

/**
 * Runs `expose --dry-run`: prints the manifests. With `--dry-run=server`, prints the objects that the API server would
 * store.
 */
async function dryRunExpose(call: ExposeCall, format: ManifestFormat): Promise<number> {
  const { args, flags, connection, system } = call;
  const prepared = await prepareExpose(call, listsOfExpose(call));
  const { plan, chosen, notes } = prepared;
  sayPlan({ ...plan, chosen, notes }, system);
  const server = args.dryRun === 'server';
  const { refuseWithoutRoom, withReadOnlyCheck } = await import('./refused.ts');
  const options = { fieldManager, forceConflicts: flags['force-conflicts'] ?? false, journal: undefined };
  const skipped = (line: string) => say(system, `warning: ${line}`);
  const objects = server
    ? await applyPlan(connection, plan, { ...options, skipped }).catch((error) => {
        throw withReadOnlyCheck(error, prepared);
      })
    : plan.writes.map(({ kind, effect, manifest }) => ({ kind, effect, object: manifest }));
  if (server) await refuseWithoutRoom(connection, prepared, system);
  if (!server && plan.writes.some(({ ownedBy }) => ownedBy)) {
    say(system, 'note: the Ingress is shown without ownerReferences: its Services have no uid before they exist');
  }
  if (plan.writes.some(({ newPassword }) => newPassword)) {
    say(system, 'note: the Secret is shown without its data: the password is made when the ports are opened');
  }
  await printManifests(objects, { format, server }, system);
  await sayHowToStart(call, plan, prepared.request, []);
  return exitCodes.fine;
}
