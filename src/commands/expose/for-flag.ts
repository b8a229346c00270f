import { parseGoDuration } from '../../arguments/duration.ts';
import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';

export const forFlag = {
  type: 'string',
  value: 'DURATION',
  describe:
    'Keep running, and close the ports after this time (30s, 15m, 1h30m) or at Ctrl-C. Ports that were open before stay open',
} as const;

/** A year, in milliseconds. A longer time is probably a typing mistake. */
const mostMs = 365 * 24 * 3_600_000;

/**
 * Reads `--for`.
 *
 * @returns a function that returns the end of the time, in ISO 8601. Its first call sets the end, and later calls
 * return the same end. Without `--for`, the function returns null
 * @throws UsageError for a text that is not a duration with a unit, for zero, for more than a year, and together with
 * `--print-sky-config`
 */
export function closingTimeFor(flags: {
  readonly for: string | undefined;
  readonly 'print-sky-config': boolean | undefined;
}): (now: Date) => string | null {
  const { for: text } = flags;
  if (text === undefined) return () => null;
  if (flags['print-sky-config']) {
    throw new UsageError('conflicting-flags', '--print-sky-config opens nothing that --for could close', [
      advice('leave out one of them'),
    ]);
  }
  const lengthMs = parseGoDuration(text);
  if (lengthMs === undefined || lengthMs < 1 || lengthMs > mostMs) {
    const fact = `--for takes the time until the ports close, and "${text}" is not one`;
    throw new UsageError('invalid-duration', fact, [advice('write it like --for 30s, --for 15m or --for 1h30m')]);
  }
  let end: string | undefined;
  return (now) => (end ??= new Date(now.getTime() + lengthMs).toISOString());
}
