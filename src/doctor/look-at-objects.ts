import type { Pod } from 'kubernetes-types/core/v1';
import { serviceLbPodsOfAnyProgram } from '../platforms/service-lb.ts';
import { clusterNameLabel } from '../skypilot/names.ts';
import { answersFrom, type KubectlOutput, topicsOfKinds } from '../snapshot/kubectl-output.ts';
import { type Snapshot, snapshotOf } from '../snapshot/snapshot.ts';
import type { Observation, Observed } from '../snapshot/topics.ts';
import { meshConfigRequest } from './further-requests.ts';
import { doctorRequests, furtherLists } from './what-to-collect.ts';

export interface ObjectsLook {
  /**
   * The time of the snapshot, ISO 8601. It is used only if the objects do not contain the time when they were printed.
   */
  readonly now: string;
  /** The namespace to diagnose, if the objects are from several; undefined means all of them. */
  readonly namespace?: string | undefined;
  /** `NAMESPACE/NAME` of the ingress controller's Service, if the user named it. */
  readonly ingressService?: string | undefined;
}

/**
 * Creates a snapshot from objects that kubectl printed. The snapshot contains the same lists as a snapshot of a live
 * Kubernetes cluster with these objects. Kinds that kubectl did not print count as not collected.
 * @throws UsageError if an object is malformed; the message names the object and the field
 */
export function lookAtObjects(output: KubectlOutput, { now, ingressService, ...asked }: ObjectsLook): Snapshot {
  const namespace = output.namespace ?? asked.namespace ?? null;
  const { newest } = output;
  // The API server may serve more API groups than those of the printed objects.
  const apiGroups: Observed<object> = { observed: true, items: output.apiGroups, resourceVersion: '', cutOff: true };
  const first = {
    ...topicsOfKinds(output, namespace),
    ...answersFrom(output, doctorRequests({ namespace, ingressService })),
    ...serviceLbPodsIn(output),
    ...answersFrom(output, { istioConfigMaps: meshConfigRequest(null) }),
    apiGroups,
  };
  const pods = withOtherPods(first.pods, output);
  const seen = snapshotOf({ context: '', namespace, takenAt: newest ?? now }, { ...first, ...(pods && { pods }) });
  const further = answersFrom(output, furtherLists(seen, Number.POSITIVE_INFINITY));
  return { ...seen, topics: { ...seen.topics, ...further } };
}

/**
 * The Pods of ServiceLB, which show that ServiceLB runs. A live diagnosis requests them only after other signs of
 * ServiceLB. In a file, all of them are used, because no request is needed.
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
