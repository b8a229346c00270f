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
    throw new UsageError(`${file} ${fact}, not ${asked.context}`, 'leave out --context, or leave out -f');
  }
  if (flags['all-namespaces'] && namespace !== null) {
    throw new UsageError(`${file} has namespace ${namespace} only`, 'leave out -A, or save all: doctor -A --save FILE');
  }
  if (asked.namespace === undefined || asked.namespace === namespace || flags['all-namespaces']) return snapshot;
  if (namespace !== null) {
    const cure = `leave out -n, or save that one: kubectl skyports doctor -n ${asked.namespace} --save FILE`;
    throw new UsageError(`${file} has namespace ${namespace} only, not ${asked.namespace}`, cure);
  }
  return inNamespace(snapshot, asked.namespace);
}

/** @throws UsageError for flags that say how to reach a cluster */
export function refuseConnectionFlags(values: ConnectionValues): void {
  const names = Object.keys(connectionFlags) as (keyof ConnectionValues)[];
  const given = names.find((name) => !harmless.includes(name) && values[name] !== undefined && values[name] !== '');
  if (given) throw new UsageError(`--${given} reaches a cluster, and -f judges a file`, 'leave out one of them');
}
