import { UnseenError } from '../errors/unseen-error.ts';
import { UsageError } from '../errors/usage-error.ts';
import { viewOf } from '../exposure/view.ts';
import { observe } from '../kubernetes/collect.ts';
import type { Connection } from '../kubernetes/connect.ts';
import { readSkyConfigFiles } from '../local/sky-config-files.ts';
import { portsOfSkyConfig } from '../skypilot/config.ts';
import { findSkyCluster } from '../skypilot/find-sky-cluster.ts';
import { clusterNameLabel } from '../skypilot/names.ts';
import type { SkyCluster } from '../skypilot/sky-cluster.ts';
import { collectionPath } from '../snapshot/resource-paths.ts';
import { snapshotOf } from '../snapshot/snapshot.ts';
import { notCollected, type Observation, type TopicObjects } from '../snapshot/topics.ts';
import { canI } from '../snapshot/unseen-words.ts';
import type { System } from '../system.ts';

/** What a name is looked up in, and where to look next when it is not there. */
export interface NameLookup {
  readonly skyClusters: readonly SkyCluster[];
  /** The namespace looked at; null for all. */
  readonly namespace: string | null;
  readonly pods: Observation<TopicObjects['pods']>;
  /** Whether a beginning of a name is enough: for reading commands only. */
  readonly prefix: boolean;
}

/**
 * The SkyPilot cluster that a SKYCLUSTER argument names.
 *
 * @throws UsageError for an empty, ambiguous or unknown name; for an unknown one it says which namespace or context has it
 */
export async function skyClusterNamed(
  name: string,
  lookup: NameLookup,
  connection: Connection | undefined,
  system: System,
): Promise<SkyCluster> {
  if (/\p{Cc}/u.test(name)) {
    throw new UsageError('SKYCLUSTER has control characters', 'kubectl skyports endpoints   lists the names');
  }
  if (name === '') throw new UsageError('SKYCLUSTER is empty', 'kubectl skyports endpoints   lists the names');
  // A command that writes does not go by the names on Services alone.
  if (!lookup.prefix && !lookup.pods.observed) throw await unknownName(name, lookup, connection, system);
  const found = findSkyCluster(name, lookup.skyClusters, { prefix: lookup.prefix });
  if (found.found === 'one') return found.skyCluster;
  if (found.found === 'several') {
    const candidates = found.candidates.map(
      (each) => `${each.nameOnCloud} (${each.displayName}, namespace ${each.namespace})`,
    );
    throw new UsageError(
      `"${name}" is ambiguous: ${candidates.join(', ')}`,
      lookup.namespace === null
        ? 'name the namespace with -n, or use the name before the parenthesis'
        : 'use the name before the parenthesis',
    );
  }
  throw await unknownName(name, lookup, connection, system);
}

async function unknownName(name: string, lookup: NameLookup, connection: Connection | undefined, system: System) {
  const place = lookup.namespace === null ? 'any namespace' : `namespace ${lookup.namespace}`;
  const fact = `there is no SkyPilot cluster "${name}" in ${place} of context ${connection?.contextName || '(none)'}`;
  if (!lookup.pods.observed) {
    return new UnseenError(
      `whether SkyPilot cluster "${name}" exists is unknown: you may not list pods in ${place}`,
      canI('pods', '', lookup.namespace) ?? undefined,
    );
  }
  // A dump has nowhere else to look.
  if (connection && lookup.namespace !== null) {
    const namespaces = await namespacesWith(name, connection);
    if (namespaces.length > 0)
      return new UsageError(`${fact}; namespace ${namespaces.join(', ')} has it`, `add -n ${namespaces[0]}`);
  }
  const others = connection ? await contextsWith(name, connection, system) : [];
  if (others.length > 0)
    return new UsageError(`${fact}; context ${others.join(', ')} has it`, `add --context ${others[0]} -A`);
  const known = lookup.skyClusters.map(({ displayName }) => displayName);
  return new UsageError(
    known.length > 0 ? `${fact}; there ${known.length === 1 ? 'is' : 'are'} ${known.slice(0, 5).join(', ')}` : fact,
    'kubectl skyports endpoints -A   lists all; sky status says which context a cluster is on',
  );
}

async function namespacesWith(name: string, connection: Connection): Promise<string[]> {
  const request = { path: collectionPath('Pod', null), labelSelector: clusterNameLabel };
  // A hint for an error that is known already.
  const pods = await observe(connection, 'pods', request).catch(() => notCollected);
  const about = { context: '', namespace: null, takenAt: '' };
  const { skyClusters } = viewOf(snapshotOf(about, { pods }));
  const found = skyClusters.filter(({ displayName, nameOnCloud }) => displayName === name || nameOnCloud === name);
  return [...new Set(found.map(({ namespace }) => namespace))];
}

/** Contexts that SkyPilot may use besides this one (`kubernetes.allowed_contexts`) and that have a cluster of this name. */
async function contextsWith(name: string, connection: Connection, system: System): Promise<string[]> {
  const files = await readSkyConfigFiles(system).catch(() => []);
  const allowed = portsOfSkyConfig(files, connection.contextName).allowedContexts ?? [];
  const known = new Set(connection.allContexts.map((context) => context.name));
  const others = allowed.filter((each) => each !== connection.contextName && known.has(each));
  const found = await Promise.all(
    others.map(async (context) => {
      const other = connection.withContext(context);
      try {
        return (await namespacesWith(name, other)).length > 0 ? [context] : [];
      } catch {
        return [];
      } finally {
        other.close();
      }
    }),
  );
  return found.flat();
}
