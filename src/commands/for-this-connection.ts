import type { Verdict } from '../doctor/judge.ts';
import type { Command, Cure } from '../errors/cure.ts';
import { shellWord } from '../errors/shell-word.ts';
import type { ConnectionValues } from './command.ts';

/** Flags that choose another cluster or user than a bare `kubectl` would; never one that is a secret. */
const choosing = [
  'kubeconfig',
  'context',
  'cluster',
  'user',
  'server',
  'tls-server-name',
  'certificate-authority',
  'as',
  'as-uid',
  'as-group',
] as const;

type ChoosingValues = Partial<Pick<ConnectionValues, (typeof choosing)[number]>>;

/**
 * Commands to paste, with the flags by which this call chose its cluster: without them a cure would be carried out on
 * another one.
 */
export function forThisConnection(command: string, values: ChoosingValues): string {
  const flags = choosing.flatMap((name) => {
    if (command.includes(` --${name} `) || command.includes(` --${name}=`)) return [];
    const given = [values[name] ?? []].flat().filter((value) => value !== '');
    return given.flatMap((value) => [`--${name}`, shellWord(value)]);
  });
  if (flags.length === 0) return command;
  return command.replace(/(?<=^|&& )kubectl (skyports )?[a-z-]+/g, (start) => `${start} ${flags.join(' ')}`);
}

/** Cures whose commands reach the cluster that this call has chosen. */
export function curesForThisConnection(cures: readonly Cure[], values: ChoosingValues): Cure[] {
  return cures.map((each) =>
    each.command === null ? each : { ...each, command: forThisConnection(each.command, values) as Command },
  );
}

/** The verdicts with such cures. */
export function curedHere(verdicts: readonly Verdict[], values: ChoosingValues): Verdict[] {
  return verdicts.map((verdict) => ({
    ...verdict,
    cures: curesForThisConnection(verdict.cures, values),
    findings: verdict.findings.map((finding) => ({
      ...finding,
      cures: curesForThisConnection(finding.cures, values),
    })),
  }));
}
