import { advice } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';

/**
 * The units of a Go duration (time.ParseDuration), in milliseconds. The micro sign is written as an escape, because the
 * bundle may contain only Latin-1 characters.
 */
const unitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  '\u00b5s': 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** A Go duration such as `1m30s`, `500ms` or `1.5h` in milliseconds; undefined for any other text. */
export function parseGoDuration(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|\u00b5s|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * unitsMs[unit!]!, 0);
}

/**
 * Parses the duration of a flag: `90s`, `1m30s`, `500ms`, `2h`, `0`, or plain seconds.
 *
 * @returns milliseconds
 * @throws UsageError for any other text; its message names the flag
 */
export function parseDuration(text: string, flag: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const duration = parseGoDuration(text);
  if (duration !== undefined) return duration;
  throw new UsageError('invalid-duration', `--${flag} takes a duration, and "${text}" is not one`, [
    advice(`write it like --${flag}=90s or --${flag}=5m`),
  ]);
}

/** Milliseconds as Go and kubectl print them (time.Duration.String): `40s`, `5m0s`, `1m30.5s`, `500ms`, `1ns`, `0s`. */
export function goDurationText(milliseconds: number): string {
  if (milliseconds === 0) return '0s';
  const [unit] = Object.entries({ ms: 1, '\u00b5s': 1e-3, ns: 1e-6 }).find(([, size]) => milliseconds >= size) ?? [
    'ns',
  ];
  if (milliseconds < 1000) return `${rounded(milliseconds / unitsMs[unit]!)}${unit}`;
  const hours = Math.floor(milliseconds / unitsMs.h!);
  const minutes = Math.floor((milliseconds % unitsMs.h!) / unitsMs.m!);
  const seconds = `${rounded((milliseconds % unitsMs.m!) / 1000)}s`;
  return hours > 0 ? `${hours}h${minutes}m${seconds}` : minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

function rounded(amount: number): number {
  return Number(amount.toFixed(6));
}
