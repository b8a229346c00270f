import { advice, command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { typedOperand } from '../../skypilot/operand.ts';

type PortCommand = 'expose' | 'unexpose' | 'forward' | 'open';

/** A SKYCLUSTER and its ports, as typed. */
export interface NamedPorts {
  readonly name: string;
  readonly ports: readonly string[];
}

/**
 * Splits the arguments of a command into the SKYCLUSTER and its ports.
 *
 * @throws UsageError if the SKYCLUSTER or the ports are missing, or the order is wrong; the error suggests the
 * corrected command
 */
export function namedPorts(verb: PortCommand, operands: readonly string[]): NamedPorts {
  const named = perhapsPorts(verb, operands);
  if (named.ports.length === 0) throw missingPort(verb, named.name);
  return named;
}

/**
 * Splits the arguments like `namedPorts`, but the ports may be missing.
 *
 * @throws UsageError if the SKYCLUSTER is missing, or the order is wrong
 */
export function perhapsPorts(verb: PortCommand, operands: readonly string[]): NamedPorts {
  refuseSwapped(verb, operands);
  const [name, ...ports] = operands;
  if (name === undefined) {
    throw new UsageError('sky-cluster-missing', `${verb} needs a SKYCLUSTER and at least one PORT`, [
      cure(command`kubectl skyports ${verb} SKYCLUSTER PORT`, 'for example train and 8888'),
      cure(command`kubectl skyports endpoints`, 'lists the clusters'),
    ]);
  }
  return { name, ports };
}

/**
 * Refuses operands in the wrong order, as in `8888 train`. A number cannot be meant as a name: the name of a SkyPilot
 * cluster is never a number (sky/utils/common_utils.py).
 *
 * @throws UsageError
 */
export function refuseSwapped(verb: PortCommand, operands: readonly string[]): void {
  const [first = '', ...rest] = operands;
  if (!isPort(first)) return;
  const names = rest.filter((word) => !isPort(word));
  const ports = operands.filter(isPort);
  throw new UsageError('arguments-swapped', `the SKYCLUSTER comes first, and ${first} is a port`, [
    names.length === 1 && typedOperand(names[0]!) === names[0]
      ? cure(command`kubectl skyports ${verb} ${names[0]!} ${ports}`)
      : cure(command`kubectl skyports ${verb} SKYCLUSTER ${ports}`, 'SKYCLUSTER is the name that sky status shows'),
  ]);
}

/** Whether a word is a port, a range, a list or a mapping. Such a word cannot be the name of a cluster. */
export function isPort(word: string): boolean {
  return /^\d[\d:,-]*(\/\w+)?$/.test(word);
}

/** The error for a SKYCLUSTER without ports. It suggests the command with a placeholder. */
export function missingPort(verb: PortCommand, name: string): UsageError {
  const [, cluster, port] = /^([^:]+):(\d[\d,-]*)$/.exec(name) ?? [];
  if (cluster !== undefined) {
    return new UsageError(
      'port-missing',
      `"${name}" is not a SKYCLUSTER: separate the name and the port with a space`,
      [cure(command`kubectl skyports ${verb} ${typedOperand(cluster)} ${port}`)],
    );
  }
  const operand = typedOperand(name);
  const isKnown = operand === name;
  const note = `${isKnown ? '' : 'SKYCLUSTER is the name that sky status shows; '}PORT is what the app listens on, for example 8888`;
  return new UsageError('port-missing', `${verb} needs at least one PORT of ${name}`, [
    cure(command`kubectl skyports ${verb} ${operand} PORT`, note),
  ]);
}

/**
 * Checks `--ingress-service`.
 *
 * @throws UsageError for a value that is not NAMESPACE/NAME
 */
export function parseIngressService(text: string | undefined): string | undefined {
  if (text === undefined || /^[^/]+\/[^/]+$/.test(text)) return text;
  throw new UsageError('invalid-service-name', `--ingress-service ${text} does not name a Service`, [
    advice('write it as NAMESPACE/NAME'),
  ]);
}
