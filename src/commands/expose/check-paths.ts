import type { Connection } from '../../kubernetes/api/connect.ts';
import type { Applied } from '../../kubernetes/changes/apply.ts';
import { observe } from '../../kubernetes/snapshots/collect.ts';
import { backendsExist, leadsToRemoved, removalsOfBackends, wrotePaths } from '../../modes/ingress/dangling-paths.ts';
import type { UnexposePlan } from '../../modes/plan-unexpose.ts';
import { endpointRequests } from '../../modes/what-to-collect.ts';
import type { TopicObjects } from '../../snapshot/topics.ts';
import { unseenCures, unseenError, unseenWords } from '../../snapshot/unseen-words.ts';

// An Ingress and its Services are written one by one, so `expose` and `unexpose` of the same port can cross: one writes
// a path to a Service that it left as it was, while the other removes this Service. Each looks again after its own
// changes. The one that comes last sees what both have done.

/**
 * Whether the paths that `expose` has written lead to Services that still exist. Asks the server only if it has written
 * an Ingress.
 *
 * @throws Failure if the Services cannot be seen
 */
export async function pathsLeadSomewhere(connection: Connection, written: readonly Applied[]): Promise<boolean> {
  if (!wrotePaths(written)) return true;
  return backendsExist(written, await seen('services', connection));
}

/**
 * Whether no path leads to a Service that `unexpose` has removed. Asks the server only if it has removed a Service that
 * belongs to an Ingress.
 *
 * @throws Failure if the Ingresses cannot be seen
 */
export async function noPathIsLeft(connection: Connection, { removals }: UnexposePlan): Promise<boolean> {
  const backends = removalsOfBackends(removals);
  if (backends.length === 0) return true;
  return !leadsToRemoved(await seen('ingresses', connection), backends);
}

async function seen<T extends 'services' | 'ingresses'>(
  topic: T,
  connection: Connection,
): Promise<readonly TopicObjects[T][]> {
  const { namespace } = connection;
  const observation = await observe(connection, topic, endpointRequests({ namespace })[topic]!);
  if (observation.observed) return observation.items;
  const fact = `${unseenWords(topic, observation, namespace)}, so whether every path leads to a Service is unknown`;
  throw unseenError(fact, observation, unseenCures(topic, observation, namespace));
}
