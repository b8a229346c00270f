import type { Verdict } from '../doctor/judge.ts';
import { shellWord } from '../errors/shell-word.ts';
import type { ConnectionValues } from './command.ts';

/** Flags that choose another cluster or user than a bare `kubectl` would. */
const choosing = ['kubeconfig', 'context', 'cluster', 'user', 'as'] as const;

type ChoosingValues = Partial<Pick<ConnectionValues, (typeof choosing)[number]>>;

/**
 * Commands to paste, with the flags by which this call chose its cluster: without them a cure would be carried out on
 * another one.
 */
export function forThisConnection(command: string, values: ChoosingValues): string {
  const flags = choosing.flatMap((name) => {
    const value = values[name];
    return value && !command.includes(` --${name} `) ? [`--${name}`, shellWord(value)] : [];
  });
  if (flags.length === 0) return command;
  return command.replace(/(?<=^|&& )kubectl (skyports )?[a-z-]+/g, (start) => `${start} ${flags.join(' ')}`);
}

/** The verdicts with such cures. */
export function curedHere(verdicts: readonly Verdict[], values: ChoosingValues): Verdict[] {
  return verdicts.map((verdict) => ({
    ...verdict,
    findings: verdict.findings.map((finding) =>
      finding.cure?.command
        ? { ...finding, cure: { ...finding.cure, command: forThisConnection(finding.cure.command, values) } }
        : finding,
    ),
  }));
}
