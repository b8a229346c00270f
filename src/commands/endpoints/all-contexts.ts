import { advice, command, cure } from '../../errors/cure.ts';
import { Failure } from '../../errors/failure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { canBeCalled, type Endpoint } from '../../exposure/endpoint.ts';
import { indexSnapshot } from '../../exposure/snapshot-index.ts';
import { isUncertain } from '../../exposure/uncertainty.ts';
import type { Contexts } from '../../kubernetes/api/connect.ts';
import { readSkyConfigFiles } from '../../local/sky-config-files.ts';
import type { EndpointFilter } from '../../modes/resolve-endpoints.ts';
import type { ContextPart } from '../../output/endpoint-list.ts';
import { portsOfSkyConfig } from '../../skypilot/config.ts';
import { findSkyCluster } from '../../skypilot/find-sky-cluster.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { System } from '../../system.ts';
import { type ConnectionValues, exitCodes } from '../command.ts';
import { connectionFlags, connectionFlagsOf } from '../connection/flags.ts';
import { say, sayWithCures } from '../messages.ts';
import type { EndpointFlagValues } from './command.ts';
import { lookAtEndpoints } from './look.ts';
import { type EndpointFormat, isForPeople, printContexts, reportUnobserved } from './print.ts';
import { type EndpointRequest, isAskedFor } from './request.ts';
import { isWanted, remarksOnFilter } from './row-filter.ts';
import type { Answers } from './settle.ts';

/**
 * The time limit of a request, if the user set none. A kubeconfig often has contexts whose network is not connected at
 * present, and such a server never answers.
 */
const usualRequestTimeout = '10s';

/** The connection flags that apply to all contexts. The others choose one server or one user. */
const common = ['kubeconfig', 'namespace', 'request-timeout', 'v'] as const satisfies (keyof ConnectionValues)[];

/**
 * Runs `endpoints --all-contexts`: reads all contexts in parallel, and prints one list. A context that cannot be read
 * costs its rows and one warning. Returns the exit code.
 */
export async function listAllContexts(
  request: EndpointRequest,
  flags: EndpointFlagValues,
  format: EndpointFormat,
  values: ConnectionValues,
  system: System,
): Promise<number> {
  refuseOtherFlags(flags, format, values);
  const { contextsOf } = await import('../../kubernetes/api/connect.ts');
  const { kubeconfig, namespace, requestTimeout = usualRequestTimeout, verbosity } = connectionFlagsOf(values);
  // Several credential plugins run at the same time, so none of them may ask the user.
  const quiet = Object.create(system, { stdinIsTerminal: { value: false } }) as System;
  const contexts = contextsOf({ kubeconfig, namespace, requestTimeout, verbosity }, quiet);
  const names = await namesToRead(contexts, system);
  const seen = await Promise.all(names.map((name) => lookAt(name, contexts, request, flags)));
  for (const part of seen) {
    if (!('error' in part)) continue;
    const here = { ...values, context: part.context };
    sayWithCures(system, `warning: context ${part.context} was not read: ${part.error}`, [readAlone], here);
  }
  const read = seen.filter((part) => 'snapshot' in part);
  const answers = flags.check ? await answersOf(read, system) : undefined;
  const { rowFilter, filter } = request;
  const left: Endpoint[] = [];
  const parts = seen.map((part): ContextPart => {
    if ('error' in part) return part;
    const rows = answers ? part.endpoints.map((row) => answers.current.get(row) ?? row) : part.endpoints;
    left.push(...rows.filter((row) => !isWanted(row, rowFilter)));
    return { ...part, endpoints: rows.filter((row) => isWanted(row, rowFilter)) };
  });
  const shown = parts.flatMap((part) => ('snapshot' in part ? part.endpoints : []));
  for (const part of parts) {
    if ('error' in part) continue;
    const here = { ...values, context: part.context };
    reportUnobserved(part.snapshot, part.endpoints, here, system, `context ${part.context}: `);
  }
  if (shown.length > 0 || !isForPeople(format)) {
    const printing = {
      format,
      withHeaders: !flags['no-headers'],
      portsNamed: filter.ports !== undefined,
      answers: answers?.answers,
    };
    await printContexts(parts, printing, system);
  }
  const isPartial = read.length < names.length || read.some((each) => isUncertain(each.snapshot, each.endpoints));
  const isHidden = shown.length === 0 && left.length > 0;
  const lacksUrl = !isHidden && !canBeCalled(shown);
  const place = { names: request.names, ports: filter.ports, namespace: null };
  for (const { fact } of remarksOnFilter(rowFilter, { shown, left }, place)) say(system, fact);
  if (shown.length === 0 && left.length === 0) say(system, nothingOpen(request, read));
  if (isAskedFor(request) && lacksUrl) return isPartial ? exitCodes.uncertain : exitCodes.problems;
  const isNothingRead = read.every((each) => isUncertain(each.snapshot, each.endpoints));
  return isNothingRead && isPartial ? exitCodes.uncertain : exitCodes.fine;
}

function refuseOtherFlags(flags: EndpointFlagValues, format: EndpointFormat, values: ConnectionValues): void {
  const own = (['watch', 'wait', 'open'] as const).find((name) => flags[name] !== undefined && flags[name] !== false);
  const given = Object.keys(values) as (keyof ConnectionValues)[];
  const choosing = given.find(
    (name) => Object.hasOwn(connectionFlags, name) && !common.some((each) => each === name) && hasValue(values[name]),
  );
  const other = own ?? choosing ?? (format.name === 'sky' ? 'output sky' : undefined);
  if (other === undefined) return;
  throw new UsageError('flags-exclude-each-other', `--all-contexts and --${other} exclude each other`, [
    advice('choose one; --context NAME reads one context'),
  ]);
}

function hasValue(value: ConnectionValues[keyof ConnectionValues]): boolean {
  return value !== undefined && value !== '' && value !== false;
}

/** The contexts that SkyPilot may use, or else every context of the kubeconfig. */
async function namesToRead({ names }: Contexts, system: System): Promise<readonly string[]> {
  const { allowedContexts } = portsOfSkyConfig(await readSkyConfigFiles(system), '');
  const wanted = allowedContexts && allowedContexts.length > 0 ? [...new Set(allowedContexts)] : names;
  if (wanted.length > 0) return wanted;
  throw new UsageError('no-context', 'the kubeconfig has no context', [
    advice('--kubeconfig FILE names another kubeconfig'),
  ]);
}

interface Read {
  readonly context: string;
  readonly snapshot: Snapshot;
  readonly endpoints: readonly Endpoint[];
}

/** What to try for a context that was not read. Its flag `--context` is added to the command. */
const readAlone = cure(command`kubectl skyports endpoints`, 'reads it alone, and suggests more');

async function lookAt(
  name: string,
  contexts: Contexts,
  request: EndpointRequest,
  flags: EndpointFlagValues,
): Promise<Read | Extract<ContextPart, { error: string }>> {
  try {
    const connection = contexts.connectTo(name);
    try {
      const { snapshot, resolve } = await lookAtEndpoints(connection, flags, (seen) => filterIn(seen, request));
      return { context: name, snapshot, endpoints: resolve(snapshot) };
    } finally {
      connection.close();
    }
  } catch (error) {
    if (error instanceof UsageError || error instanceof Failure) return { context: name, error: error.message };
    throw error;
  }
}

/** The filter for one context. A SkyPilot cluster that the user named usually exists in one of the contexts only. */
function filterIn(snapshot: Snapshot, { names, filter }: EndpointRequest): EndpointFilter {
  if (names.length === 0) return filter;
  const { skyClusters } = indexSnapshot(snapshot);
  const named = names.flatMap((name): SkyCluster[] => {
    const found = findSkyCluster(name, skyClusters, { prefix: true });
    if (found.found === 'several') return [...found.candidates];
    return found.found === 'one' ? [found.skyCluster] : [];
  });
  return { ...filter, skyClusters: named };
}

/** The answers of the called URLs, and the row after the call for each row. */
async function answersOf(read: readonly Read[], system: System) {
  const { afterCalls, callEndpoints } = await import('./settle.ts');
  const current = new Map<Endpoint, Endpoint>();
  const all = await Promise.all(
    read.map(async ({ snapshot, endpoints }) => {
      const called = await callEndpoints(endpoints, snapshot, system);
      const after = afterCalls(called);
      const rows = [...after.keys()];
      for (const [at, row] of [...called.keys()].entries()) current.set(row, rows[at]!);
      return [...after];
    }),
  );
  const answers: Answers = new Map(all.flat());
  return { answers, current };
}

function nothingOpen({ names, filter }: EndpointRequest, read: readonly Read[]): string {
  const what = filter.ports ? `port ${filter.ports.join(', ')}` : 'port';
  const which = names.length > 0 ? names.join(', ') : 'a SkyPilot cluster';
  const where = read.map(({ context }) => context).join(', ');
  return `No ${what} of ${which} is open in the contexts that were read: ${where || 'none'}.`;
}
