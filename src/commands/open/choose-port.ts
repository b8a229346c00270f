import { advice, command, cure, part } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { isOpenedInAdvance } from '../../exposure/endpoint.ts';
import { declaredPorts, isOffered, proposalsFrom } from '../../exposure/port-proposals.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { resolveEndpoints } from '../../modes/resolve-endpoints.ts';
import { operandOf, typedOperand } from '../../skypilot/operand.ts';
import { reservedPortOwner } from '../../skypilot/reserved-ports.ts';
import { headPodOf, type SkyCluster } from '../../skypilot/sky-cluster.ts';
import { listed } from '../../snapshot/text.ts';
import type { System } from '../../system.ts';
import { namedPorts } from '../flags/named-ports.ts';
import { isOpened } from '../forward/run.ts';
import { mostSuggested } from '../sky-cluster/misnamed.ts';
import type { OpenFlagValues } from './command.ts';

/**
 * Parses the arguments of `open`.
 *
 * @throws UsageError for a missing SKYCLUSTER, and for more or other words than one PORT
 */
export function readOpenOperands(operands: readonly string[]): {
  readonly name: string;
  readonly port: number | undefined;
} {
  const [name, word, ...more] = operands;
  if (name === undefined) {
    throw new UsageError('sky-cluster-missing', 'open needs a SKYCLUSTER', [
      cure(command`kubectl skyports open SKYCLUSTER`, 'SKYCLUSTER is the name that sky status shows'),
    ]);
  }
  if (word === undefined && !/^\d/.test(name)) return { name, port: undefined };
  const { ports } = namedPorts('open', operands);
  const port = Number(/^(\d+)(?:\/tcp)?$/i.exec(ports[0]!)?.[1]);
  if (more.length > 0) {
    throw new UsageError('unexpected-argument', `open takes one PORT, and there are ${ports.length}`, [
      cure(command`kubectl skyports open ${typedOperand(name)} ${ports[0]!}`),
    ]);
  }
  if (port >= 1 && port <= 65_535) return { name, port };
  throw new UsageError('invalid-port', `"${ports[0]}" is not a valid port`, [
    advice('write the number of one port, such as 8888'),
  ]);
}

/**
 * The Service port to open if the user names none. If only one port is open or declared by the head's containers, it is
 * this port. If there are several, the user is asked on the terminal.
 *
 * @throws UsageError if there is no port, or there are several ports and no terminal; the error lists the ports
 */
export async function choosePort(
  view: SnapshotIndex,
  skyCluster: SkyCluster,
  flags: OpenFlagValues,
  system: System,
): Promise<number> {
  const head = headPodOf(skyCluster);
  const rows = resolveEndpoints(view, { skyClusters: [skyCluster] }).filter(
    (row) => isOpened(row) && !isOpenedInAdvance(row),
  );
  const found = head ? [{ source: 'declared', ports: declaredPorts(head) } as const] : [];
  const declared = proposalsFrom(found, skyCluster, rows)
    .filter(isOffered)
    .map(({ port }) => port);
  const ports = [...new Set([...rows.map(({ port }) => port), ...declared])]
    .filter((port) => !reservedPortOwner(port, head))
    .sort((a, b) => a - b);
  const operand = operandOf(skyCluster);
  const [only, ...others] = ports;
  if (only === undefined) {
    throw new UsageError('port-missing', `no port of ${skyCluster.displayName} is open or declared`, [
      cure(
        command`kubectl skyports open ${operand} PORT -n ${skyCluster.namespace}`,
        'PORT is what the app listens on, for example 8888',
      ),
    ]);
  }
  if (others.length === 0) return only;
  if (!system.stdinIsTerminal) throw severalPorts(ports, skyCluster, flags);
  const typed = (await system.ask(`Which port of ${skyCluster.displayName}: ${ports.join(', ')}? `)).trim();
  const chosen = ports.find((port) => typed === `${port}`);
  if (chosen !== undefined) return chosen;
  throw severalPorts(ports, skyCluster, flags);
}

function severalPorts(ports: readonly number[], skyCluster: SkyCluster, { print, probe }: OpenFlagValues): UsageError {
  const typed = part`${print && '--print'} ${probe !== undefined && `--probe=${probe}`}`;
  const operand = operandOf(skyCluster);
  return new UsageError(
    'port-missing',
    `${skyCluster.displayName} has several ports: ${ports.length > mostSuggested ? ports.join(', ') : listed(ports.map(String))}`,
    ports
      .slice(0, mostSuggested)
      .map((port) => cure(command`kubectl skyports open ${operand} ${port} ${typed} -n ${skyCluster.namespace}`)),
  );
}
