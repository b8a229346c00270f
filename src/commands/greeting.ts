import type { FlagValues } from '../arguments/flag.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { StyledLine, System } from '../system.ts';
import { type ConnectionValues, exitCodes } from './command.ts';
import { connectToCluster } from './connection/connect.ts';
import type { endpointsCommand } from './endpoints/command.ts';
import { lookAtEndpoints } from './endpoints/look.ts';
import { printEndpoints, reportUnobserved } from './endpoints/print.ts';
import { say } from './messages.ts';
import { quietSystem } from './quiet-system.ts';

/**
 * How long `kubectl skyports` waits for the API server before it prints the help instead. `--request-timeout` replaces
 * this limit.
 */
const patienceMs = 2000;

interface Seen {
  readonly snapshot: Snapshot;
  readonly endpoints: readonly Endpoint[];
}

/**
 * Runs `kubectl skyports` without a command: prints the table of `endpoints`, or the help if no port is open. If the
 * cluster cannot be read in time, stderr has one line about that. The exit code is always 0, because the user asked for
 * nothing that can fail.
 *
 * @param help the text of the help
 */
export async function runGreeting(
  flags: Pick<FlagValues<typeof endpointsCommand.flags>, 'all-namespaces'>,
  values: ConnectionValues,
  help: () => Promise<readonly StyledLine[]>,
  system: System,
): Promise<number> {
  const patience = new AbortController();
  const isLimited = !values['request-timeout'];
  const timer = isLimited ? setTimeout(() => patience.abort(), patienceMs) : undefined;
  const late = new Promise<string>((resolve) => {
    const text = `the API server did not answer within ${patienceMs / 1000} seconds`;
    patience.signal.addEventListener('abort', () => resolve(text), { once: true });
  });
  const look = lookQuietly(flags, values, quietSystem(system, patience.signal), patience.signal);
  const seen = await Promise.race([look.catch((error: Error) => error.message), late]);
  clearTimeout(timer);
  if (typeof seen !== 'string' && seen.endpoints.length > 0) {
    const { snapshot, endpoints } = seen;
    reportUnobserved(snapshot, endpoints, values, system);
    const printing = { format: { name: 'table' }, withHeaders: true, portsNamed: false } as const;
    await printEndpoints(snapshot, endpoints, printing, system);
    return exitCodes.fine;
  }
  system.stdout.lines(await help());
  if (typeof seen === 'string') say(system, `no port is listed: ${seen}`);
  return exitCodes.fine;
}

async function lookQuietly(
  flags: Pick<FlagValues<typeof endpointsCommand.flags>, 'all-namespaces'>,
  values: ConnectionValues,
  system: System,
  patience: AbortSignal,
): Promise<Seen> {
  const connection = await connectToCluster(values, system);
  patience.addEventListener('abort', () => connection.close(), { once: true });
  try {
    const scope = { ...flags, selector: undefined, 'ingress-service': undefined };
    const { snapshot, resolve } = await lookAtEndpoints(connection, scope, () => ({}));
    return { snapshot, endpoints: resolve(snapshot) };
  } finally {
    connection.close();
  }
}
