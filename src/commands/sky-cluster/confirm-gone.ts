import { advice } from '../../errors/cure.ts';
import { Failure } from '../../errors/failure.ts';
import { ApiError } from '../../kubernetes/api/api-error.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { clusterNameLabel } from '../../skypilot/names.ts';
import type { WithMetadata } from '../../snapshot/object-reference.ts';
import type { PlannedRemoval } from '../../snapshot/plan.ts';
import { collectionPath, objectPath, pluralOf } from '../../snapshot/resource-paths.ts';

interface Named {
  readonly namespace: string;
  readonly nameOnCloud: string;
}

/**
 * Checks once more that a SkyPilot cluster is deleted, because an earlier list may be incomplete. Requests its Pods,
 * its Deployments, and its head Pod by name. Without this check, a running cluster could lose its address.
 *
 * @returns the first object that exists, such as `Pod train-head`; undefined if the cluster is gone
 * @throws Failure if a request fails
 */
export async function signOfLife({ api }: Connection, { namespace, nameOnCloud }: Named): Promise<string | undefined> {
  // Request whole objects instead of their metadata. For an empty list of metadata, an API server sends `items: null`.
  // A broken gateway may send this too, so it would not prove that the list is empty.
  const query = { labelSelector: `${clusterNameLabel}=${nameOnCloud}`, firstPageOnly: true, pageSize: 1 };
  const listed = async (kind: 'Pod' | 'Deployment') => {
    const { items } = await api.list<WithMetadata>(collectionPath(kind, namespace), query);
    return items.map(({ metadata }) => `${kind} ${metadata?.name}`);
  };
  const head = `${nameOnCloud}-head`;
  const [pods, deployments, headPod] = await Promise.all([
    listed('Pod'),
    listed('Deployment'),
    exists(api.get(objectPath('Pod', namespace, head)), head),
  ]);
  return [...pods, ...deployments, ...(headPod ? [`Pod ${head}`] : [])][0];
}

async function exists(request: Promise<unknown>, name: string): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.saysGone(name, pluralOf('Pod'))) return false;
    // Many Roles allow a user to list Pods, but not to read a single Pod. The list of Pods is then enough.
    if (error instanceof ApiError && error.isForbidden) return false;
    throw error;
  }
}

/**
 * Splits removals into two lists. `gone`: the SkyPilot cluster of the removal is really deleted, or this is not the
 * reason for the removal. `alive`: the SkyPilot cluster still has objects. `sign` is one of these objects.
 */
export async function confirmGone(
  connection: Connection,
  removals: readonly PlannedRemoval[],
): Promise<{ readonly gone: PlannedRemoval[]; readonly alive: { removal: PlannedRemoval; sign: string }[] }> {
  const signs = new Map<string, Promise<string | undefined>>();
  const signOf = ({ namespace, outlived }: PlannedRemoval) => {
    if (outlived === undefined) return undefined;
    const key = `${namespace}/${outlived}`;
    const known = signs.get(key) ?? signOfLife(connection, { namespace, nameOnCloud: outlived });
    signs.set(key, known);
    return known;
  };
  const gone: PlannedRemoval[] = [];
  const alive: { removal: PlannedRemoval; sign: string }[] = [];
  const found = await Promise.all(removals.map(signOf));
  for (const [index, removal] of removals.entries()) {
    const sign = found[index];
    if (sign === undefined) gone.push(removal);
    else alive.push({ removal, sign });
  }
  return { gone, alive };
}

/**
 * Checks that the SkyPilot clusters of these removals are really deleted.
 *
 * @throws Failure if a SkyPilot cluster still has objects
 */
export async function refuseIfAlive(connection: Connection, removals: readonly PlannedRemoval[]): Promise<void> {
  const [first] = (await confirmGone(connection, removals)).alive;
  if (!first) return;
  const { removal, sign } = first;
  throw new Failure(
    'sky-cluster-lives',
    `${removal.kind} ${removal.namespace}/${removal.name} was not removed: SkyPilot cluster ${removal.outlived} still has ${sign}, although an earlier list did not contain it`,
    [advice('try again')],
  );
}
