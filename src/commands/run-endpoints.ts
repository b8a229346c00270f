import { goDurationText, parseDuration } from '../arguments/duration.ts';
import { UsageError } from '../errors/usage-error.ts';
import { type Endpoint, type PortModeName, portModes } from '../exposure/endpoint.ts';
import { parsePortMappings } from '../exposure/port-mapping.ts';
import { type EndpointFilter, isUncertain, resolveEndpoints } from '../exposure/resolve-endpoints.ts';
import { viewOf } from '../exposure/view.ts';
import { endpointRequests, furtherRequests } from '../exposure/what-to-collect.ts';
import { collect, type Look } from '../kubernetes/collect.ts';
import type { Connection } from '../kubernetes/connect.ts';
import { openInBrowser } from '../local/open-in-browser.ts';
import { findSkyCluster } from '../skypilot/find-sky-cluster.ts';
import { operandOf } from '../skypilot/operand.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { System } from '../system.ts';
import { type ConnectionValues, exitCodes } from './command.ts';
import { connectToCluster } from './connect-to-cluster.ts';
import type { EndpointFlagValues } from './endpoint-flags.ts';
import { say } from './expose-messages.ts';
import { parseIngressService } from './ingress-service.ts';
import { parseEndpointFormat, printEndpoints } from './print-endpoints.ts';
import { reportUnobserved } from './report-unobserved.ts';
import { skyClusterNamed } from './sky-cluster-argument.ts';
import { waitForEndpoints } from './wait-for-endpoints.ts';
import { watchEndpoints } from './watch-endpoints.ts';

/** What `endpoints` was asked, read and checked before any request. */
interface Request {
  readonly names: readonly string[];
  readonly filter: EndpointFilter;
  readonly waitMs: number | undefined;
}

/** Runs `endpoints`; returns the exit code. */
export async function runEndpoints(
  words: readonly string[],
  flags: EndpointFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  const format = await parseEndpointFormat(flags.output);
  const request = readRequest(words, flags);
  if (format.name === 'sky' && words.length !== 1) {
    throw new UsageError(
      '-o sky takes exactly one SKYCLUSTER, as sky status --endpoints does',
      'kubectl skyports endpoints train -o sky',
    );
  }
  const connection = await connectToCluster(connectionValues, system);
  try {
    const namespace = flags['all-namespaces'] ? null : connection.namespace;
    const scope = { namespace, podSelector: flags.selector, ingressService: flags['ingress-service'] };
    const look: Look = { namespace, requests: endpointRequests(scope), followUp: furtherRequests };
    let snapshot = await collect(connection, look, system.now);
    const filter = await filterOf(request, snapshot, connection, system);
    const resolve = (from: Snapshot) => {
      const view = viewOf(from, { ingressService: flags['ingress-service'] });
      const rows = resolveEndpoints(view, filter);
      // With -l the Pods seen are a part: what has none among them was not asked for.
      return flags.selector
        ? rows.filter((row) => view.skyClusterNamed(row.namespace, row.nameOnCloud)!.pods.length > 0)
        : rows;
    };
    const printing = { format, withHeaders: !flags['no-headers'] };
    if (flags.watch) return await watchEndpoints({ connection, look, snapshot, resolve, printing }, system);
    let endpoints: readonly Endpoint[] = resolve(snapshot);
    let missed = false;
    if (request.waitMs !== undefined) {
      const waited = await waitForEndpoints({ connection, look, snapshot, resolve, waitMs: request.waitMs }, system);
      ({ snapshot, endpoints } = waited);
      missed = !waited.came;
    }
    reportUnobserved(snapshot, endpoints, system);
    if (endpoints.length === 0) sayNothingFound(snapshot, request, system);
    const tabular = format.name === 'table' || format.name === 'wide';
    if (endpoints.length > 0 || !tabular) await printEndpoints(snapshot, endpoints, printing, system);
    if (flags.open) await openOnly(endpoints, system);
    if (missed) sayMissed(endpoints, request.waitMs!, system);
    if (missed) return exitCodes.problems;
    return isUncertain(snapshot, endpoints) ? exitCodes.uncertain : exitCodes.fine;
  } finally {
    connection.close();
  }
}

function readRequest(words: readonly string[], flags: EndpointFlagValues): Request {
  const mode = flags.mode as PortModeName | undefined;
  if (mode !== undefined && !portModes.includes(mode)) {
    throw new UsageError(`unknown mode "${mode}"`, `--mode takes one of ${portModes.join(', ')}`);
  }
  parseIngressService(flags['ingress-service']);
  if (flags.watch && flags.wait !== undefined)
    throw new UsageError('--watch and --wait exclude each other', 'choose one');
  return {
    names: words,
    filter: {
      ports: flags.port && parsePortMappings(flags.port).map(({ servicePort }) => servicePort),
      modes: mode && [mode],
    },
    waitMs: flags.wait === undefined ? undefined : parseDuration(flags.wait || '5m', 'wait'),
  };
}

async function filterOf(
  request: Request,
  snapshot: Snapshot,
  connection: Connection,
  system: System,
): Promise<EndpointFilter> {
  if (request.names.length === 0) return request.filter;
  const { skyClusters } = viewOf(snapshot);
  const lookup = { skyClusters, namespace: snapshot.namespace, pods: snapshot.topics.pods, prefix: true };
  const named = [];
  for (const name of request.names) named.push(await skyClusterNamed(name, lookup, connection, system));
  return { ...request.filter, skyClusters: named };
}

function sayNothingFound(snapshot: Snapshot, request: Request, system: System): void {
  const { context, namespace } = snapshot;
  const place = namespace === null ? `context ${context || '(none)'}` : `namespace ${namespace}`;
  const { skyClusters } = viewOf(snapshot);
  if (skyClusters.length === 0) {
    const next = namespace === null ? '' : '; kubectl skyports endpoints -A looks into all namespaces';
    say(system, `No SkyPilot cluster found in ${place}${next}.`);
    return;
  }
  const which = request.names.length > 0 ? request.names.join(', ') : 'the SkyPilot clusters';
  const named =
    request.names[0] === undefined
      ? { found: 'none' }
      : findSkyCluster(request.names[0], skyClusters, { prefix: true });
  const name = operandOf('skyCluster' in named ? named.skyCluster : skyClusters[0]!);
  say(system, `No matching port of ${which} is open in ${place}; kubectl skyports expose ${name} PORT opens one.`);
}

function sayMissed(endpoints: readonly Endpoint[], waitMs: number, system: System): void {
  const late = endpoints.filter(({ state }) => state !== 'Ready');
  const which = late.map(({ skyCluster, port, state, reason }) => `${skyCluster} port ${port} is ${state} (${reason})`);
  say(system, `error: not ready after ${goDurationText(waitMs)}: ${which.join('; ') || 'no endpoint appeared'}`);
}

async function openOnly(endpoints: readonly Endpoint[], system: System): Promise<void> {
  const urls = [...new Set(endpoints.flatMap(({ url }) => url ?? []))];
  if (urls.length !== 1) {
    throw new UsageError(
      `--open needs exactly one URL, and there are ${urls.length}`,
      'name one SKYCLUSTER and one --port',
    );
  }
  await openInBrowser(urls[0]!, system);
}
