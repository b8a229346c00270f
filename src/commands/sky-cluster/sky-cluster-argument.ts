import { command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { findSkyCluster } from '../../skypilot/find-sky-cluster.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import type { System } from '../../system.ts';
import type { NameLookup } from './name-errors.ts';

/**
 * Finds the SkyPilot cluster that a SKYCLUSTER argument names.
 *
 * @throws UsageError for an empty, invalid, ambiguous or unknown name; UnseenError if Pods cannot be listed. If the
 * name exists in another namespace or context, the error says where
 */
export async function skyClusterNamed(
  name: string,
  lookup: NameLookup,
  connection: Connection | undefined,
  system: System,
): Promise<SkyCluster> {
  const list = cure(command`kubectl skyports endpoints`, 'lists the names');
  if (/\p{Cc}/u.test(name)) throw new UsageError('invalid-sky-cluster', 'SKYCLUSTER has control characters', [list]);
  if (name === '') throw new UsageError('invalid-sky-cluster', 'SKYCLUSTER is empty', [list]);
  // A command that writes needs the Pods, because the names in Services alone are not reliable.
  if (!lookup.prefix && !lookup.pods.observed) throw (await import('./name-errors.ts')).unseenPods(name, lookup);
  const found = findSkyCluster(name, lookup.skyClusters, { prefix: lookup.prefix });
  if (found.found === 'one') return found.skyCluster;
  const { ambiguousName, unknownName, unseenPods } = await import('./name-errors.ts');
  if (found.found === 'several') throw await ambiguousName(name, found.candidates, lookup, system);
  throw lookup.pods.observed ? await unknownName(name, lookup, connection, system) : unseenPods(name, lookup);
}
