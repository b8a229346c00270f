import { UsageError } from '../errors/usage-error.ts';

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * `--request-timeout` as kubectl reads it: whole seconds, or Go durations such as `1m30s` and `500ms`.
 * @returns milliseconds; 0 is no timeout
 * @throws UsageError with kubectl's wording
 */
export function parseRequestTimeoutMs(text: string | undefined): number {
  if (!text || /^\d+$/.test(text)) return Number(text ?? 0) * 1000;
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g)];
  if (!parts.length || parts.map(([part]) => part).join('') !== text) {
    throw new UsageError(
      'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
      '--request-timeout=30s',
    );
  }
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * unitMs[unit!]!, 0);
}
