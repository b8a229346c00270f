import type { Pod } from 'kubernetes-types/core/v1';
import { serviceLbPodsOfAnyProgram } from '../platforms/service-lb.ts';
import { clusterNameLabel } from '../skypilot/names.ts';
import { answersFrom, type KubectlOutput, topicsOfKinds } from '../snapshot/kubectl-output.ts';
import { type Snapshot, snapshotOf } from '../snapshot/snapshot.ts';
import type { Observation, Observed } from '../snapshot/topics.ts';
import { doctorRequests, furtherLists } from './what-to-collect.ts';

/** How to look at objects. */
export interface ObjectsLook {
  /** ISO 8601; the time of the snapshot if the objects do not show when they were printed. */
  readonly now: string;
  /** One namespace of several; undefined for all that were printed. */
  readonly namespace?: string | undefined;
  /** `NAMESPACE/NAME` of the ingress controller's Service, if the user named it. */
  readonly ingressService?: string | undefined;
}

/**
 * The snapshot that a look at a cluster with these objects would give: the same lists are answered from them. What
 * kubectl did not print counts as not collected.
 *
 * @throws UsageError naming a malformed object and its field
 */
export function lookAtObjects(output: KubectlOutput, { now, ingressService, ...asked }: ObjectsLook): Snapshot {
  const namespace = output.namespace ?? asked.namespace ?? null;
  const { newest } = output;
  // The server may serve more groups than the objects are of.
  const apiGroups: Observed<object> = { observed: true, items: output.apiGroups, resourceVersion: '', cutOff: true };
  const first = {
    ...topicsOfKinds(output, namespace),
    ...answersFrom(output, doctorRequests({ namespace, ingressService })),
    ...serviceLbPodsIn(output),
    apiGroups,
  };
  const pods = withOtherPods(first.pods, output);
  const seen = snapshotOf({ context: '', namespace, takenAt: newest ?? now }, { ...first, ...(pods && { pods }) });
  const further = answersFrom(output, furtherLists(seen, Number.POSITIVE_INFINITY));
  return { ...seen, topics: { ...seen.topics, ...further } };
}

/** The Pods of ServiceLB show that it runs. A live look asks for them if there are other signs; in a file they cost nothing. */
function serviceLbPodsIn(output: KubectlOutput): Partial<Snapshot['topics']> {
  const answers = serviceLbPodsOfAnyProgram.map((serviceLbPods) => answersFrom(output, { serviceLbPods }));
  return answers.find(({ serviceLbPods: found }) => found?.observed && found.items.length > 0) ?? {};
}

/**
 * Adds the Pods of all namespaces that are not of a SkyPilot cluster. A live look does not ask for them, and one of them may be
 * the controller of a load balancer that no label shows.
 */
function withOtherPods(pods: Observation<Pod> | undefined, output: KubectlOutput): Observation<Pod> | undefined {
  const { pods: all } = topicsOfKinds(output, null);
  if (!pods?.observed || !all?.observed) return pods;
  const others = all.items.filter(({ metadata }) => metadata?.labels?.[clusterNameLabel] === undefined);
  return { ...pods, items: [...pods.items, ...others] };
}
