import type { Cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { ArgumentFault } from './argument-fault.ts';
import type { CommandDescription } from './command-description.ts';
import { parseGoDuration } from './duration.ts';
import { replaced, typedLine } from './typed-line.ts';

interface Place {
  readonly args: readonly string[];
  /** The index of the flag. Its value is the next argument. */
  readonly at: number;
  readonly meant: CommandDescription | undefined;
}

/** The error for `--wait 60s`. This flag accepts a value only after `=`, because a name can follow the flag. */
export function apartFromItsFlag(
  { typed, flag, value }: Extract<ArgumentFault, { kind: 'value-apart' }>,
  place: Place,
): UsageError {
  if (flag.value !== 'DURATION') {
    const fact = `${typed} takes its value with =`;
    return new UsageError('value-apart', fact, [joined(place, `${typed}=${value}`, 'this may be what you meant')]);
  }
  const duration = /^\d+(\.\d+)?$/.test(value) ? `${value}s` : value;
  const lengthMs = parseGoDuration(duration);
  if (lengthMs === undefined) {
    const fact = `${typed} takes a duration, and "${value}" is not one`;
    return new UsageError('invalid-duration', fact, [joined(place, `${typed}=60s`, 'waits for a minute at most')]);
  }
  const asDuration = joined(place, `${typed}=${duration}`, `waits ${duration} at most`);
  const asPort = portCures(typed, value, place);
  // A number above 3600 without a unit is probably a port, such as 8888.
  const isLong = asPort.length > 0 && lengthMs > 3_600_000;
  return new UsageError('value-apart', `${typed} takes its value with =`, [...(isLong ? [] : [asDuration]), ...asPort]);
}

function joined({ args, at }: Place, text: string, note: string): Cure {
  return typedLine(replaced(args, at, 2, text), note);
}

/** The suggestion for a whole number that may be a port, as in `--wait 8888`; empty if the command accepts no port. */
function portCures(typed: string, value: string, { args, at, meant }: Place): Cure[] {
  if (!meant || !/^\d+$/.test(value) || Number(value) < 1 || Number(value) > 65_535) return [];
  const note = `uses ${value} as a port`;
  if (meant.usage.includes('PORT')) return [typedLine(replaced(args, at, 2, value, typed), note)];
  if (!Object.hasOwn(meant.flags, 'port')) return [];
  return [typedLine(replaced(args, at, 2, '--port', value, typed), note)];
}
