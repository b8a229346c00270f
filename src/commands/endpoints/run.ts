import { advice, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { canBeCalled, type Endpoint } from '../../exposure/endpoint.ts';
import { isUncertain } from '../../exposure/uncertainty.ts';
import { openInBrowser } from '../../local/programs.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { System } from '../../system.ts';
import { type ConnectionValues, exitCodes } from '../command.ts';
import { connectToCluster } from '../connection/connect.ts';
import { say, sayWithCures } from '../messages.ts';
import type { EndpointFlagValues } from './command.ts';
import { lookAtEndpoints, namedFilter } from './look.ts';
import { isForPeople, parseEndpointFormat, printEndpoints, reportUnobserved } from './print.ts';
import { isAskedFor, readEndpointRequest } from './request.ts';
import { isFiltering, isWanted, remarksOnFilter } from './row-filter.ts';
import { afterWait, awaitedOf } from './serve-ports.ts';
import type { Answers } from './settle.ts';
import type { Waited } from './wait.ts';

/** Runs `endpoints`; returns the exit code. */
export async function runEndpoints(
  operands: readonly string[],
  flags: EndpointFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  const format = await parseEndpointFormat(flags.output);
  const request = readEndpointRequest(operands, flags);
  if (format.name === 'sky' && request.names.length !== 1) {
    throw new UsageError('sky-cluster-missing', '-o sky takes exactly one SKYCLUSTER, as sky status --endpoints does', [
      cure(command`kubectl skyports endpoints SKYCLUSTER -o sky`, 'SKYCLUSTER is the name of one of them'),
    ]);
  }
  if (flags['all-contexts']) {
    const { listAllContexts } = await import('./all-contexts.ts');
    return listAllContexts(request, flags, format, connectionValues, system);
  }
  const connection = await connectToCluster(connectionValues, system);
  try {
    const look = await lookAtEndpoints(connection, flags, (seen) => namedFilter(request, seen, connection, system));
    const { look: requests, resolve: resolveAll } = look;
    let { snapshot } = look;
    const { namespace } = snapshot;
    const { rowFilter, filter } = request;
    // A call may show that the app itself asks, and a wait or a call changes states. So compare these values afterwards.
    const before = {
      ...rowFilter,
      ...(flags.check && { access: undefined, states: undefined }),
      ...(request.waitMs !== undefined && { states: undefined }),
    };
    const resolve = (from: Snapshot) => resolveAll(from).filter((row) => isWanted(row, before));
    const printing = {
      format,
      withHeaders: !flags['no-headers'],
      portsNamed: filter.ports !== undefined,
      ingressService: flags['ingress-service'],
    };
    if (flags.watch) {
      const { watchEndpoints } = await import('./watch.ts');
      const isShown = (row: Endpoint) => isWanted(row, rowFilter);
      const live = { resolve: resolveAll, ingressService: flags['ingress-service'] };
      const watching = { connection, look: requests, snapshot, ...live, isShown, printing, connectionValues };
      return await watchEndpoints(watching, system);
    }
    let endpoints: readonly Endpoint[] = resolve(snapshot);
    let waited: Waited | undefined;
    const awaited = awaitedOf(request);
    const isNothingAwaited = endpoints.length > 0 && awaited(endpoints).length === 0;
    if (request.waitMs !== undefined && !isNothingAwaited) {
      const waiting = { connection, look: requests, snapshot, resolve: (from: Snapshot) => awaited(resolve(from)) };
      const { waitForEndpoints } = await import('./wait.ts');
      waited = await waitForEndpoints({ ...waiting, waitMs: request.waitMs, values: connectionValues }, system);
      snapshot = waited.snapshot;
      endpoints = afterWait(resolve(snapshot), waited);
    }
    const missed = waited !== undefined && !waited.came;
    let answers: Answers | undefined;
    if (flags.check) {
      const { afterCalls, callEndpoints } = await import('./settle.ts');
      answers = afterCalls(await callEndpoints(endpoints, snapshot, system));
      endpoints = [...answers.keys()];
    }
    endpoints = endpoints.filter((row) => isWanted(row, rowFilter));
    reportUnobserved(snapshot, endpoints, connectionValues, system);
    if (endpoints.length > 0 || !isForPeople(format)) {
      await printEndpoints(snapshot, endpoints, { ...printing, answers }, system);
    }
    if (waited) {
      const { remarksOf } = await import('./settle.ts');
      for (const line of remarksOf(waited.settled)) say(system, line);
    }
    if (request.waitMs !== undefined && isNothingAwaited) {
      say(system, 'nothing to wait for: no service of SkyServe uses these ports yet; name one to wait for it');
    }
    const left = isFiltering(rowFilter)
      ? [
          ...(answers?.keys() ?? []),
          ...resolveAll(snapshot).filter((row) => !answers || !isWanted(row, before)),
        ].filter((row) => !isWanted(row, rowFilter))
      : [];
    const place = { names: request.names, ports: filter.ports, namespace };
    for (const { fact, cures } of remarksOnFilter(rowFilter, { shown: endpoints, left }, place)) {
      sayWithCures(system, fact, cures, connectionValues);
    }
    const isHidden = endpoints.length === 0 && left.length > 0;
    const lacksUrl = !isHidden && !canBeCalled(endpoints) && (endpoints.length === 0 || isAskedFor(request));
    const sayHowToOpen = async () => {
      const { sayNoUrl } = await import('./no-endpoints.ts');
      sayNoUrl({ snapshot, request, selector: flags.selector, values: connectionValues }, endpoints, system);
    };
    if (lacksUrl && !missed) await sayHowToOpen();
    if (flags.open && !(lacksUrl && isAskedFor(request))) await openOnly(endpoints, system);
    if (waited && missed) {
      const { hopeless, sayLate } = await import('./wait.ts');
      sayLate(waited, { waitMs: request.waitMs!, isError: true, values: connectionValues }, system);
      if (endpoints.length === 0) await sayHowToOpen();
      const isUnseen = hopeless(endpoints) || (endpoints.length === 0 && isUncertain(snapshot, endpoints));
      return isUnseen ? exitCodes.uncertain : exitCodes.problems;
    }
    if (isUncertain(snapshot, endpoints)) return exitCodes.uncertain;
    return lacksUrl && isAskedFor(request) ? exitCodes.problems : exitCodes.fine;
  } finally {
    connection.close();
  }
}

async function openOnly(endpoints: readonly Endpoint[], system: System): Promise<void> {
  const urls = [...new Set(endpoints.flatMap(({ url }) => url ?? []))];
  if (urls.length !== 1) {
    throw new UsageError('not-one-url', `--open needs exactly one URL, and there are ${urls.length}`, [
      advice('name one SKYCLUSTER and one PORT, and add --mode if the port is open in several'),
    ]);
  }
  await openInBrowser(urls[0]!, system);
}
