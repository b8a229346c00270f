import { cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { System } from '../system.ts';
import type { ConnectionValues } from './command.ts';
import { portsOf } from './completion-ports.ts';
import { connectToCluster } from './connect-to-cluster.ts';
import { mostSuggested } from './misnamed.ts';
import { retyped } from './retyped.ts';

/** A hint for an error that is known already: nothing is waited for long. */
const patienceMs = 3000;

/**
 * `expose NAME` without a port: the same error with the ports that the containers of its head declare and that are not open
 * yet. The error as it is if they are not known, or there are none.
 */
export async function withDeclaredPorts(
  error: UsageError,
  name: string,
  values: ConnectionValues,
  system: System,
): Promise<UsageError> {
  const ports = await declaredPorts(name, values, system).catch(() => []);
  if (ports.length === 0) return error;
  const cures = ports.slice(0, mostSuggested).map(async (port) => cure(await retyped(system, { port })));
  const fact = `${error.message}; its containers declare ${ports.join(', ')}`;
  return new UsageError(error.code, fact, await Promise.all(cures));
}

async function declaredPorts(name: string, values: ConnectionValues, system: System): Promise<number[]> {
  const connection = await connectToCluster(values, system);
  const patience = setTimeout(() => connection.close(), patienceMs);
  try {
    return await portsOf('port', name, { connection, namespace: connection.namespace });
  } finally {
    clearTimeout(patience);
    connection.close();
  }
}
