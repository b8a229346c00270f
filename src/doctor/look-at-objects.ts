import { answersFrom, type KubectlOutput, topicsOfKinds } from '../snapshot/kubectl-output.ts';
import { type Snapshot, snapshotOf } from '../snapshot/snapshot.ts';
import type { Observed } from '../snapshot/topics.ts';
import { doctorRequests, furtherLists } from './what-to-collect.ts';

/**
 * The snapshot that a look at a cluster with these objects would give: the same lists are answered from them. What
 * kubectl did not print counts as not collected.
 *
 * @param now ISO 8601; the time of the snapshot if the objects do not show when they were printed
 * @throws UsageError naming a malformed object and its field
 */
export function lookAtObjects(output: KubectlOutput, now: string, ingressService?: string): Snapshot {
  const { namespace, newest } = output;
  // The server may serve more groups than the objects are of.
  const apiGroups: Observed<object> = { observed: true, items: output.apiGroups, resourceVersion: '', cutOff: true };
  const first = {
    ...topicsOfKinds(output),
    ...answersFrom(output, doctorRequests({ namespace, ingressService })),
    apiGroups,
  };
  const seen = snapshotOf({ context: '', namespace, takenAt: newest ?? now }, first);
  const further = answersFrom(output, furtherLists(seen, Number.POSITIVE_INFINITY));
  return { ...seen, topics: { ...seen.topics, ...further } };
}
