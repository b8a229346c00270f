import { shell } from './machine.ts';

/** What a diagnosis comes to. */
export interface Found {
  readonly rootCauses: readonly string[];
  /** Of the first root cause. */
  readonly message: string;
  /** The first that is suggested. */
  readonly command: string | null;
  /** All that is suggested: notes and commands, a line each. */
  readonly note: string;
}

/** What `doctor` says of the cluster's port: the first root cause, or the finding of the check that is named. */
export async function diagnosed(namespace: string, flags = '--probe=false', named?: string): Promise<Found> {
  const { stdout, stderr } = await shell(`kubectl skyports doctor train -n ${namespace} -o json ${flags}`);
  if (stdout === '') throw new Error(stderr);
  const { rootCauses, checks } = JSON.parse(stdout);
  const finding = checks.find(({ id }: { id: string }) => id === (named ?? rootCauses[0]))?.findings[0];
  return {
    rootCauses,
    message: finding?.message ?? '',
    command: finding?.cures.find(({ command }: { command: string | null }) => command !== null)?.command ?? null,
    note: (finding?.cures ?? [])
      .flatMap(({ note, command }: { note: string | null; command: string | null }) => [note, command])
      .filter(Boolean)
      .join('\n'),
  };
}

/**
 * Waits until `doctor` finds this root cause first: what was broken takes a moment to show, and a controller's own page is "not
 * loaded yet" for a minute after the last apply.
 */
export async function untilDiagnosed(namespace: string, id: string, flags?: string, says = /./): Promise<Found> {
  let found = await diagnosed(namespace, flags);
  const end = Date.now() + 80_000;
  while (Date.now() < end && !(found.rootCauses[0] === id && says.test(found.message))) {
    await new Promise((next) => setTimeout(next, 250));
    found = await diagnosed(namespace, flags);
  }
  return found;
}

/** A check of `doctor` that failed. */
export interface Failed {
  readonly id: string;
  readonly severity: 'error' | 'warning' | 'info';
  /** Of its first finding. */
  readonly message: string;
  /** What is suggested: notes and commands, a line each. */
  readonly cures: string;
}

/** The checks that fail for a port of the cluster, with calls of its URL. */
export async function failedChecks(namespace: string, port: number): Promise<Failed[]> {
  const { stdout, stderr } = await shell(`kubectl skyports doctor train ${port} -n ${namespace} -o json`);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout)
    .checks.filter(({ outcome }: { outcome: string }) => outcome === 'fail')
    .map(({ id, severity, findings }: Judged) => ({
      ...{ id, severity, message: findings[0]!.message },
      cures: findings.flatMap(({ cures }) => cures.flatMap(({ note, command }) => [note, command])).join('\n'),
    }));
}

interface Judged extends Pick<Failed, 'id' | 'severity'> {
  readonly findings: readonly {
    readonly message: string;
    readonly cures: readonly { readonly note: string | null; readonly command: string | null }[];
  }[];
}
