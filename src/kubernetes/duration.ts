import { parseGoDuration } from '../arguments/duration.ts';
import { advice } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';

/**
 * `--request-timeout` as kubectl reads it: whole seconds, or Go durations such as `1m30s` and `500ms`.
 * @returns milliseconds; 0 is no timeout
 * @throws UsageError with kubectl's wording
 */
export function parseRequestTimeoutMs(text: string | undefined): number {
  if (!text || /^\d+$/.test(text)) return Number(text ?? 0) * 1000;
  const duration = parseGoDuration(text);
  if (duration !== undefined) return duration;
  throw new UsageError(
    'invalid-duration',
    'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
    [advice('write it like --request-timeout=30s')],
  );
}
