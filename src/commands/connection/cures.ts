import type { Verdict } from '../../doctor/judge.ts';
import { type Command, type Cure, cure } from '../../errors/cure.ts';
import { canBeQuoted, shellWord } from '../../errors/shell-word.ts';
import type { ConnectionValues } from '../command.ts';

/** The flags that choose a cluster or a user. None of them has a secret value. */
const choosing = [
  'kubeconfig',
  'context',
  'cluster',
  'user',
  'server',
  'tls-server-name',
  'certificate-authority',
  'insecure-skip-tls-verify',
  'client-certificate',
  'client-key',
  'as',
  'as-uid',
  'as-group',
] as const;

/** The names of these flags in Helm. If a flag is missing here, Helm has no such flag. */
const helmFlags: { readonly [Name in (typeof choosing)[number]]?: string } = {
  kubeconfig: 'kubeconfig',
  context: 'kube-context',
  server: 'kube-apiserver',
  'tls-server-name': 'kube-tls-server-name',
  'certificate-authority': 'kube-ca-file',
  'insecure-skip-tls-verify': 'kube-insecure-skip-tls-verify',
  as: 'kube-as-user',
  'as-group': 'kube-as-group',
};

/** The flags of this call that choose a cluster or a user. */
export type ChoosingValues = Partial<Pick<ConnectionValues, (typeof choosing)[number]>>;

/**
 * Adds the flags that chose the cluster and the user of this call to a suggested command. Without these flags, the
 * command would run on another cluster or as another user.
 *
 * @returns null if a value cannot be quoted for the shell, or Helm has no equivalent of a flag
 */
export function forThisConnection(command: string, values: ChoosingValues): Command | null {
  const words = wordsOf(command);
  const given = choosing.flatMap((name) => {
    if (words.some((word) => word === `--${name}` || word.startsWith(`--${name}=`))) return [];
    const all: readonly (string | boolean)[] = [values[name] ?? []].flat();
    return all.filter((value) => value !== '' && value !== false).map((value) => ({ name, value }));
  });
  if (given.length === 0) return command as Command;
  const isHelms = command.startsWith('helm ');
  if (isHelms && given.some(({ name }) => !(name in helmFlags))) return null;
  const flags = given
    .map(({ name, value }) => {
      const flag = isHelms ? helmFlags[name] : name;
      return typeof value === 'string' ? `--${flag} ${shellWord(value)}` : `--${flag}`;
    })
    .join(' ');
  const here = command.replace(begin, (start, isQuoted) => (isQuoted ? start : `${start} ${flags}`)) as Command;
  return here === command || given.every(({ value }) => typeof value !== 'string' || canBeQuoted(value)) ? here : null;
}

/** Matches text that `shellWord` has quoted. Such text is a name, even if it looks like a command or a flag. */
const quoted = /'[^']*'|\\./;

/** The words of a command line, without quotes. */
function wordsOf(command: string): string[] {
  const words = command.match(new RegExp(`(?:${quoted.source}|[^\\s'\\\\])+`, 'g')) ?? [];
  return words.map((word) => word.replace(/'([^']*)'|\\(.)/g, '$1$2'));
}

/**
 * Matches the beginning of a command: kubectl or helm with the subcommand, or `kubectl skyports` with the command. The
 * first alternative skips quoted text.
 */
const begin = new RegExp(
  `(${quoted.source})|(?<=^|&& |\\| )(?:kubectl(?: skyports(?: [a-z][a-z-]*(?= |$))?| [a-z][a-z-]*(?= |$))|helm [a-z]+(?= ))`,
  'g',
);

/** Adds the connection flags of this call to the commands of cures. */
export function curesForThisConnection(cures: readonly Cure[], values: ChoosingValues): Cure[] {
  return cures.map((each) =>
    each.command === null ? each : cure(forThisConnection(each.command, values), each.note ?? undefined),
  );
}

/** Matches the commands that look for a SkyPilot cluster in a namespace. */
const looking = /^kubectl skyports (endpoints|expose|unexpose|forward|doctor)(?= |$)/;
/**
 * Matches the flags that set the namespace. Also matches the flags that make a namespace unnecessary, such as `--help`.
 */
const placed = /^(-n|--namespace|-A|--all-namespaces|-f|--filename|--help|--list|--explain)/;

/**
 * If the call has `-n`, adds `-n` to the commands of the cures. Otherwise, these commands would look in another
 * namespace.
 */
export function curesInNamespace(cures: readonly Cure[], namespace: string | undefined): Cure[] {
  return cures.map((each) => {
    if (!namespace || !canBeQuoted(namespace) || !each.command || !looking.test(each.command)) return each;
    if (wordsOf(each.command).some((word) => placed.test(word))) return each;
    return cure(`${each.command} -n ${shellWord(namespace)}` as Command, each.note ?? undefined);
  });
}

/** The verdicts, with the connection flags of this call in the commands of their cures. */
export function curedHere(verdicts: readonly Verdict[], values: ChoosingValues): Verdict[] {
  return verdicts.map((verdict) => ({
    ...verdict,
    cures: curesForThisConnection(verdict.cures, values),
    unseen: verdict.unseen.map((each) => ({ ...each, cures: curesForThisConnection(each.cures, values) })),
    findings: verdict.findings.map((finding) => ({
      ...finding,
      cures: curesForThisConnection(finding.cures, values),
    })),
  }));
}
