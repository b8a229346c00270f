import { advice, command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { inNamespace } from '../exposure/one-namespace.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { ConnectionValues } from './command.ts';
import { connectionFlags } from './connection-flags.ts';
import type { DoctorFlagValues } from './doctor-flags.ts';

/** Flags of the connection that mean something, or nothing bad, without one. */
const harmless: readonly string[] = ['namespace', 'context', 'v', 'request-timeout'];

/**
 * The part of a file's snapshot that the flags ask for.
 *
 * @throws UsageError when the file does not have that: a diagnosis of something else must not look like an answer
 */
export function asAskedFor(
  snapshot: Snapshot,
  file: string,
  flags: DoctorFlagValues,
  values: ConnectionValues,
): Snapshot {
  const { context, namespace } = snapshot;
  const asked = { context: values.context || undefined, namespace: values.namespace || undefined };
  if (asked.context !== undefined && asked.context !== context) {
    const fact = context === '' ? 'does not say of which context it is' : `is of context ${context}`;
    throw new UsageError('not-in-file', `${file} ${fact}, not ${asked.context}`, [
      advice('leave out --context, or leave out -f'),
    ]);
  }
  if (flags['all-namespaces'] && namespace !== null) {
    throw new UsageError('not-in-file', `${file} has namespace ${namespace} only`, [
      advice('leave out -A'),
      cure(command`kubectl skyports doctor -A --save FILE`, 'saves all namespaces into FILE'),
    ]);
  }
  if (asked.namespace === undefined || asked.namespace === namespace || flags['all-namespaces']) return snapshot;
  if (namespace !== null) {
    throw new UsageError('not-in-file', `${file} has namespace ${namespace} only, not ${asked.namespace}`, [
      advice('leave out -n'),
      cure(command`kubectl skyports doctor -n ${asked.namespace} --save FILE`, 'saves that namespace into FILE'),
    ]);
  }
  return inNamespace(snapshot, asked.namespace);
}

/** @throws UsageError for flags that say how to reach a cluster */
export function refuseConnectionFlags(values: ConnectionValues): void {
  const names = Object.keys(connectionFlags) as (keyof ConnectionValues)[];
  const given = names.find((name) => !harmless.includes(name) && values[name] !== undefined && values[name] !== '');
  if (given) {
    throw new UsageError('conflicting-flags', `--${given} reaches a cluster, and -f judges a file`, [
      advice('leave out one of them'),
    ]);
  }
}
