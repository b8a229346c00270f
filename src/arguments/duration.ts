import { UsageError } from '../errors/usage-error.ts';

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Reads a duration as kubectl's flags take it: `90s`, `1m30s`, `500ms`, `2h`, `0`, or plain seconds.
 *
 * @returns milliseconds
 * @throws UsageError naming the flag
 */
export function parseDuration(text: string, flag: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) {
    throw new UsageError(`--${flag}=${text}: no duration`, `write it like --${flag}=90s or --${flag}=5m`);
  }
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) total += Number(amount) * unitsMs[unit!]!;
  return total;
}

/** Milliseconds as people say them: `40s`, `5m`, `1m30s`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds}s`;
  const rest = seconds % 60;
  return rest === 0 ? `${Math.floor(seconds / 60)}m` : `${Math.floor(seconds / 60)}m${rest}s`;
}
