import { parseDuration } from '../../arguments/duration.ts';
import { advice, command, cure, part } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { parsePortMappings } from '../../exposure/port-mapping.ts';
import { portModes } from '../../exposure/port-mode-names.ts';
import type { EndpointFilter } from '../../modes/resolve-endpoints.ts';
import { typedOperand } from '../../skypilot/operand.ts';
import { isPort, parseIngressService } from '../flags/named-ports.ts';
import { parseMode } from '../flags/parse-mode.ts';
import type { EndpointFlagValues } from './command.ts';
import { parseRowFilter, type RowFilter } from './row-filter.ts';

/** The arguments of `endpoints`, checked before the first request. */
export interface EndpointRequest {
  readonly names: readonly string[];
  readonly filter: EndpointFilter;
  readonly rowFilter: RowFilter;
  readonly waitMs: number | undefined;
}

/**
 * Parses the arguments of `endpoints`. A number after a name is a port, as in the other commands.
 *
 * @throws UsageError for an invalid value, and for flags that cannot be combined
 */
export function readEndpointRequest(operands: readonly string[], flags: EndpointFlagValues): EndpointRequest {
  const mode = parseMode(flags.mode, portModes);
  parseIngressService(flags['ingress-service']);
  if (flags.watch && flags.wait !== undefined) {
    throw new UsageError('flags-exclude-each-other', '--watch and --wait exclude each other', [advice('choose one')]);
  }
  if (flags.watch && flags.check) {
    throw new UsageError('flags-exclude-each-other', '--watch and --check exclude each other', [advice('choose one')]);
  }
  const names = operands.filter((word) => !isPort(word));
  const ports = [...operands.filter(isPort), ...(flags.port ?? [])];
  if (operands[0] !== undefined && isPort(operands[0])) {
    refusePortFirst(operands[0], names, operands.filter(isPort), flags);
  }
  for (const name of names) refuseJoined(name);
  return {
    names,
    filter: {
      ports: ports.length === 0 ? undefined : parsePortMappings(ports).map(({ servicePort }) => servicePort),
      modes: mode && [mode],
    },
    rowFilter: parseRowFilter(flags),
    waitMs: flags.wait === undefined ? undefined : parseDuration(flags.wait || '5m', 'wait'),
  };
}

function refusePortFirst(
  first: string,
  names: readonly string[],
  ports: readonly string[],
  flags: EndpointFlagValues,
): never {
  const place = flags['all-namespaces'] === true && part`-A`;
  throw new UsageError('arguments-swapped', `${first} is a port, and SKYCLUSTER comes first`, [
    names.length > 0
      ? cure(command`kubectl skyports endpoints ${names.map(typedOperand)} --port ${ports.join(',')} ${place}`)
      : cure(
          command`kubectl skyports endpoints --port ${ports.join(',')} ${place}`,
          'lists that port of all SkyPilot clusters',
        ),
  ]);
}

/** Refuses a word such as `train:8888`, which joins a name and a port. */
function refuseJoined(word: string): void {
  const [, name, port] = /^([^:/]+):(\d[\d,-]*)$/.exec(word) ?? [];
  if (name === undefined || port === undefined) return;
  throw new UsageError(
    'arguments-joined',
    `"${word}" is not a SKYCLUSTER: separate the name and the port with a space`,
    [cure(command`kubectl skyports endpoints ${typedOperand(name)} ${port}`)],
  );
}

/** Whether the user named a cluster or a port. If so, and no URL is found, the exit code is 3 (problems). */
export function isAskedFor({ names, filter }: EndpointRequest): boolean {
  return names.length > 0 || filter.ports !== undefined;
}
