import { command, cure, part } from '../../errors/cure.ts';
import { UnseenError } from '../../errors/failure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { indexSnapshot } from '../../exposure/snapshot-index.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { observe } from '../../kubernetes/snapshots/collect.ts';
import { readSkyConfigFiles } from '../../local/sky-config-files.ts';
import { apiServerNamed, apiServerPartOf } from '../../skypilot/api-server.ts';
import { portsOfSkyConfig } from '../../skypilot/config.ts';
import { clusterNameLabel } from '../../skypilot/names.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { collectionPath } from '../../snapshot/resource-paths.ts';
import { snapshotOf } from '../../snapshot/snapshot.ts';
import { itemsOf, notCollected, type Observation, type TopicObjects } from '../../snapshot/topics.ts';
import type { System } from '../../system.ts';
import {
  endpointOfSkyCluster,
  mostSuggested,
  nearestSkyCluster,
  objectOfSkyCluster,
  portOfSkyCluster,
  retyped,
  shortList,
  withSkyCluster,
} from './misnamed.ts';

/** Where a name is looked up. */
export interface NameLookup {
  readonly skyClusters: readonly SkyCluster[];
  /** The namespace of the search; null for all namespaces. */
  readonly namespace: string | null;
  readonly pods: Observation<TopicObjects['pods']>;
  /** The Services, to recognize the name of SkyPilot's own API server. */
  readonly services?: Observation<TopicObjects['services']>;
  /** Whether the beginning of a name is enough. Only commands that change nothing allow this. */
  readonly prefix: boolean;
}

/** The error for a name that several SkyPilot clusters have. */
export async function ambiguousName(
  name: string,
  candidates: readonly SkyCluster[],
  { namespace }: NameLookup,
  system: System,
): Promise<UsageError> {
  const described = candidates.map((each) => `${each.nameOnCloud} (${each.displayName}, namespace ${each.namespace})`);
  const cures = candidates.slice(0, mostSuggested).map(async (each) => {
    const corrected = await retyped(system, {
      replace: { word: name, by: each.nameOnCloud },
      namespace: namespace === null ? each.namespace : undefined,
    });
    return cure(corrected, `if you mean ${each.displayName} of namespace ${each.namespace}`);
  });
  return new UsageError(
    'ambiguous-sky-cluster',
    `"${name}" is ambiguous: ${shortList(described)}`,
    await Promise.all(cures),
  );
}

/** The error if Pods cannot be listed. Without Pods, it is unknown whether the cluster exists. */
export function unseenPods(name: string, { namespace }: NameLookup): UnseenError {
  const place = namespace === null ? part`-A` : part`-n ${namespace}`;
  return new UnseenError(
    'permission-missing',
    `whether SkyPilot cluster "${name}" exists is unknown: you may not list pods in ${placeOf(namespace)}`,
    [cure(command`kubectl auth can-i list pods ${place}`, 'shows whether you may')],
  );
}

/**
 * The error if no SkyPilot cluster here has this name. If such a cluster exists in another namespace or context, the
 * error says where. If another object has the name, the error says so.
 */
export async function unknownName(
  name: string,
  lookup: NameLookup,
  connection: Connection | undefined,
  system: System,
) {
  const { namespace, skyClusters } = lookup;
  const misnamed = { name, skyClusters, namespace, system };
  const other =
    apiServerError(name, lookup) ??
    (await objectOfSkyCluster(misnamed)) ??
    (await endpointOfSkyCluster(misnamed, connection)) ??
    (await nameWithNamespace(name, connection, system)) ??
    (await portOfSkyCluster(misnamed, connection));
  if (other) return other;
  const code = 'unknown-sky-cluster';
  const fact = `there is no SkyPilot cluster "${name}" in ${placeOf(namespace)} of context ${connection?.contextName || '(none)'}`;
  // A saved file has no connection, so other namespaces and contexts cannot be searched.
  const namespaces = connection && namespace !== null ? await namespacesWith(name, connection) : [];
  if (namespaces.length > 0) {
    const there = await Promise.all(
      namespaces.slice(0, mostSuggested).map(async (each) => cure(await retyped(system, { namespace: each }))),
    );
    return new UsageError(code, `${fact}; namespace ${shortList(namespaces)} has it`, there);
  }
  const contexts = connection ? await contextsWith(name, connection, system) : [];
  if (contexts.length > 0) {
    const there = await Promise.all(
      contexts.slice(0, mostSuggested).map(async (context) => cure(await retyped(system, { context }))),
    );
    return new UsageError(code, `${fact}; context ${shortList(contexts)} has it`, there);
  }
  const nearest = nearestSkyCluster(misnamed);
  const known = skyClusters.map(({ displayName }) => displayName);
  const whatThereIs =
    known.length > 0 ? `; ${known.length === 1 ? 'the only one is' : 'choose from'} ${shortList(known)}` : '';
  return new UsageError(code, `${fact}${nearest ? `; did you mean ${nearest.displayName}?` : whatThereIs}`, [
    ...(nearest ? [cure(await withSkyCluster(misnamed, nearest))] : []),
    cure(command`kubectl skyports endpoints -A`, 'lists all'),
    cure(command`sky status`, 'shows which context a cluster is on'),
  ]);
}

/**
 * The error if the word is a namespace and a name (`ml/train`), as `doctor` prints names of several namespaces; otherwise
 * undefined.
 */
async function nameWithNamespace(
  word: string,
  connection: Connection | undefined,
  system: System,
): Promise<UsageError | undefined> {
  const [, place, name] = /^([^/]+)\/([^/-][^/]*)$/.exec(word) ?? [];
  if (!connection || place === undefined || name === undefined) return undefined;
  if (!(await namespacesWith(name, connection)).includes(place)) return undefined;
  const corrected = await retyped(system, { replace: { word, by: name }, namespace: place });
  return new UsageError('not-a-sky-cluster', `"${word}" is SkyPilot cluster ${name} of namespace ${place}`, [
    cure(corrected),
  ]);
}

/**
 * The error if the word is the name of SkyPilot's own API server, which is not a SkyPilot cluster; otherwise undefined.
 */
function apiServerError(name: string, { services }: NameLookup): UsageError | undefined {
  const service = services && apiServerNamed(name, itemsOf(services));
  if (!service) return undefined;
  return new UsageError(
    'not-a-sky-cluster',
    `"${name}" is not a SkyPilot cluster: Service ${keyOf(service)} is ${apiServerPartOf(service)}`,
    [
      cure(command`kubectl skyports endpoints -A`, 'lists the SkyPilot clusters'),
      cure(command`sky api info`, 'shows the address of the API server'),
    ],
  );
}

function placeOf(namespace: string | null): string {
  return namespace === null ? 'any namespace' : `namespace ${namespace}`;
}

async function namespacesWith(name: string, connection: Connection): Promise<string[]> {
  const request = { path: collectionPath('Pod', null), labelSelector: clusterNameLabel };
  // This request only adds a hint to an error, so ignore errors of the request itself.
  const pods = await observe(connection, 'pods', request).catch(() => notCollected);
  const about = { context: '', namespace: null, takenAt: '' };
  const { skyClusters } = indexSnapshot(snapshotOf(about, { pods }));
  const found = skyClusters.filter(({ displayName, nameOnCloud }) => displayName === name || nameOnCloud === name);
  return [...new Set(found.map(({ namespace }) => namespace))];
}

/**
 * The other contexts that have a SkyPilot cluster of this name, of those that SkyPilot may use
 * (`kubernetes.allowed_contexts`).
 */
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
