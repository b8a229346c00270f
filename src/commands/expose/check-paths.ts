import type { Connection } from '../../kubernetes/api/connect.ts';
import type { Applied } from '../../kubernetes/changes/apply.ts';
import { observe } from '../../kubernetes/snapshots/collect.ts';
import { backendsExist, leadsToRemoved, removalsOfBackends, wrotePaths } from '../../modes/ingress/dangling-paths.ts';
import type { UnexposePlan } from '../../modes/plan-unexpose.ts';
import { endpointRequests } from '../../modes/what-to-collect.ts';
import type { TopicObjects } from '../../snapshot/topics.ts';
import { unseenTopicError } from '../../snapshot/unseen-words.ts';

// An `expose` and an `unexpose` of the same port can interfere, because an Ingress and its Services are separate
// objects. For example, `expose` adds a path for an existing Service while `unexpose` deletes this Service. So each
// command reads the objects again after its own changes. The command that finishes last sees all changes.

/**
 * Returns false if a path that `expose` has written leads to a Service that no longer exists. Sends no request if no
 * Ingress was written.
 *
 * @throws Failure if the Services cannot be read
 */
export async function pathsLeadSomewhere(connection: Connection, written: readonly Applied[]): Promise<boolean> {
  if (!wrotePaths(written)) return true;
  return backendsExist(written, await seen('services', connection));
}

/**
 * Returns false if a path still leads to a Service that `unexpose` has deleted. Sends no request if none of the deleted
 * Services belonged to an Ingress.
 *
 * @throws Failure if the Ingresses cannot be read
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
  throw unseenTopicError(topic, observation, namespace, 'so whether every path leads to a Service is unknown');
}
