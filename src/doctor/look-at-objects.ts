import type { Pod } from 'kubernetes-types/core/v1';
import { serviceLbPodsOfAnyProgram } from '../platforms/service-lb.ts';
import { clusterNameLabel } from '../skypilot/names.ts';
import { answersFrom, type KubectlOutput, topicsOfKinds } from '../snapshot/kubectl-output.ts';
import { type Snapshot, snapshotOf } from '../snapshot/snapshot.ts';
import type { Observation, Observed } from '../snapshot/topics.ts';
import { doctorRequests, furtherLists } from './what-to-collect.ts';

/** The options of `lookAtObjects`. */
export interface ObjectsLook {
  /** The time of the snapshot if the objects do not contain the time when they were printed. ISO 8601. */
  readonly now: string;
  /** The namespace to diagnose, if the objects are from several; undefined means all of them. */
  readonly namespace?: string | undefined;
  /** `NAMESPACE/NAME` of the ingress controller's Service, if the user named it. */
  readonly ingressService?: string | undefined;
}

/**
 * Creates a snapshot from objects that kubectl printed. The snapshot contains the same lists as a snapshot of a live
 * Kubernetes cluster with these objects. Kinds that kubectl did not print count as not collected.
 *
 * @throws UsageError that names a malformed object and its field
 */
export function lookAtObjects(output: KubectlOutput, { now, ingressService, ...asked }: ObjectsLook): Snapshot {
  const namespace = output.namespace ?? asked.namespace ?? null;
  const { newest } = output;
  // The API server may serve more API groups than the printed objects belong to.
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

/**
 * The Pods of ServiceLB, which show that ServiceLB runs. A live diagnosis only requests them if other signs of
 * ServiceLB exist. In a file, they need no request.
 */
function serviceLbPodsIn(output: KubectlOutput): Partial<Snapshot['topics']> {
  const answers = serviceLbPodsOfAnyProgram.map((serviceLbPods) => answersFrom(output, { serviceLbPods }));
  return answers.find(({ serviceLbPods: found }) => found?.observed && found.items.length > 0) ?? {};
}

/**
 * Adds the Pods of all namespaces that belong to no SkyPilot cluster. A live diagnosis does not request them. One of
 * these Pods may be the controller of a load balancer, even if no label identifies it.
 */
function withOtherPods(pods: Observation<Pod> | undefined, output: KubectlOutput): Observation<Pod> | undefined {
  const { pods: all } = topicsOfKinds(output, null);
  if (!pods?.observed || !all?.observed) return pods;
  const others = all.items.filter(({ metadata }) => metadata?.labels?.[clusterNameLabel] === undefined);
  return { ...pods, items: [...pods.items, ...others] };
}
