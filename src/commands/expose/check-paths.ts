import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../../kubernetes/api/connect.ts';
import type { Applied } from '../../kubernetes/changes/apply.ts';
import { observe } from '../../kubernetes/snapshots/collect.ts';
import {
  areSafe,
  backendsExist,
  hasBackendWithoutPath,
  hasUnfinishedBackend,
  havePaths,
  isBackend,
  isInTwoIngresses,
  leadsToRemoved,
  removalsOfBackends,
  removesPathOfUnseen,
  withPathOfOthers,
  withUnwrittenPaths,
  wrotePaths,
} from '../../modes/ingress/dangling-paths.ts';
import type { UnexposePlan } from '../../modes/plan-unexpose.ts';
import { endpointRequests } from '../../modes/what-to-collect.ts';
import type { Plan } from '../../snapshot/plan.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { itemsOf, type TopicObjects } from '../../snapshot/topics.ts';
import { unseenTopicError } from '../../snapshot/unseen-words.ts';

// An `expose` and an `unexpose` of the same port can interfere, because an Ingress and its Services are separate
// objects. For example, `expose` adds a path for an existing Service while `unexpose` deletes this Service. Two calls of
// `expose` can also write paths to one Service into two Ingresses, because their limits differ.
//
// So `unexpose` reads the Ingresses again after its own changes. For `expose`, such a look at the Services would be one
// more round trip each time. It looks again only if it was slow, or if a written path is not safe (`areSafe`). If
// `unexpose` finds a Service without a path, an `expose` may be about to write the path. Then `unexpose` waits before it
// reads the Ingresses again.

/** How long `expose` may take, from its lists to its last write, without looking again. `unexpose` waits as long. */
const quickMs = 2000;

/** A plan of `expose`, made from lists that were requested at `since` (`performance.now()`). */
interface Exposed {
  readonly plan: Plan;
  readonly snapshot: Snapshot;
  readonly since: number;
}

/**
 * Returns false if a path that `expose` has written leads to a Service that no longer exists, or is also in another
 * Ingress. Also returns false if the path to a changed Service is gone. Sends no request if this cannot be.
 *
 * @throws Failure if the Services or Ingresses cannot be read
 */
export async function pathsLeadSomewhere(
  connection: Connection,
  written: readonly Applied[],
  { plan, snapshot: { topics }, since }: Exposed,
): Promise<boolean> {
  const { removals } = plan;
  const before = { services: itemsOf(topics.services), ingresses: itemsOf(topics.ingresses), removals };
  const isSafe = !wrotePaths(written) || (performance.now() - since < quickMs && areSafe(written, before));
  const unwritten = withUnwrittenPaths(plan, written);
  if (isSafe && unwritten.length === 0) return true;
  if (hasUnfinishedBackend(written, before)) await delay(Math.max(0, since + quickMs - performance.now()));
  const [services, ingresses] = await Promise.all([
    isSafe ? [] : seen('services', connection),
    seen('ingresses', connection),
  ]);
  if (!havePaths(unwritten, ingresses)) return false;
  return isSafe || (backendsExist(written, services) && !isInTwoIngresses(written, before, ingresses));
}

/**
 * The Services that a failed `expose` has created, and that have to stay: they have a path in an Ingress that stays as
 * well. Another `expose` may have written this path.
 *
 * @throws Failure if the Ingresses cannot be read
 */
export async function servicesInUse(connection: Connection, created: readonly Applied[]): Promise<readonly Applied[]> {
  const hasBackend = created.some(({ kind, object }) => isBackend({ kind, name: object.metadata?.name }));
  return hasBackend ? withPathOfOthers(created, await seen('ingresses', connection)) : [];
}

/**
 * Returns false if a path still leads to a Service that `unexpose` has deleted, or if a removed path led to a Service that
 * it did not see. Sends no request if none of the deleted Services belonged to an Ingress.
 *
 * @param topics the lists from which the plan was made
 * @throws Failure if the Ingresses cannot be read
 */
export async function noPathIsLeft(
  connection: Connection,
  plan: UnexposePlan,
  topics: Snapshot['topics'],
): Promise<boolean> {
  if (!topics.ingresses.observed || !topics.services.observed) return true;
  const [services, ingresses] = [topics.services.items, topics.ingresses.items];
  if (removesPathOfUnseen(plan, { services, ingresses })) return false;
  const backends = removalsOfBackends(plan.removals);
  if (backends.length === 0) return true;
  if (hasBackendWithoutPath(backends, ingresses)) await delay(quickMs);
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
