import type { Pod, Service } from 'kubernetes-types/core/v1';
import { command, cure } from '../../errors/cure.ts';
import { troubleOf } from '../../exposure/pod-trouble.ts';
import { detectPlatforms } from '../../platforms/detect.ts';
import { implementationOf } from '../../platforms/implementation.ts';
import type { PendingReason } from '../../platforms/missing-implementation.ts';
import type { LoadBalancer } from '../../platforms/platform.ts';
import type { ObjectReference } from '../../snapshot/object-reference.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { neverCreatedCures, neverCreatedWords, saidOfNeverCreated, workloadNameOf } from './never-created.ts';

const nameLabel = 'app.kubernetes.io/name';
const componentLabel = 'app.kubernetes.io/component';

/**
 * The Pods that assign the addresses of a load balancer. MetalLB's speakers are left out, because they only announce
 * addresses. Empty if no Pod identifies the load balancer.
 */
export function controllerPodsOf({ matchers }: LoadBalancer, { topics }: Snapshot): Pod[] {
  const workload = matchers.find(({ signal }) => signal === 'workload')?.matches;
  const all = itemsOf(topics.loadBalancerPods).filter(({ metadata }) =>
    workload?.test(metadata?.labels?.[nameLabel] ?? ''),
  );
  return all.filter(({ metadata }) => metadata?.labels?.[componentLabel] !== 'speaker');
}

/** Whether the status of a Pod shows that it is not Ready. False if the Pod has no status. */
export function isSeenDown({ status }: Pod): boolean {
  const { phase, conditions = [] } = status ?? {};
  const isFalse = conditions.some(({ type, status: is }) => type === 'Ready' && is !== 'True');
  return isFalse || phase === 'Pending' || phase === 'Failed';
}

/** Explains that the load balancer has no controller Pod, because its workload could not create one. */
function controllerNeverCreated(known: LoadBalancer, snapshot: Snapshot): PendingReason[] {
  // ServiceLB has no common DaemonSet, but one for each Service.
  if (known.sharesNodePorts) return [];
  const said = saidOfNeverCreated(
    snapshot,
    (about) => isWorkloadOf(known, about) && !workloadNameOf(about).includes('speaker'),
  );
  if (said.length === 0) return [];
  const [look, ...steps] = neverCreatedCures(said);
  return [
    {
      cause: `no Pod of ${known.title} was created: ${neverCreatedWords(said).join('; ')}`,
      advice: '',
      ...(look && { look }),
      steps,
      isSure: true,
    },
  ];
}

/**
 * Whether a workload belongs to the load balancer. Its own name or the name of its namespace shows this:
 * `kube-system/aws-load-balancer-controller`, `metallb-system/controller`.
 */
export function isWorkloadOf({ matchers }: LoadBalancer, about: ObjectReference): boolean {
  const label = matchers.find(({ signal }) => signal === 'workload')?.matches;
  if (!label) return false;
  const name = workloadNameOf(about);
  const names = [name, name.replace(/-(?:controller|speaker)$/, ''), about.namespace.replace(/-system$/, '')];
  return names.some((each) => label.test(each));
}

/**
 * Explains why a Service gets no address: none of its load balancer's controller Pods is Ready. Such a controller
 * writes no event. Empty if a Pod may be Ready, or if the Pods were not seen.
 */
export function controllerDown(service: Service, snapshot: Snapshot): PendingReason[] {
  const known = implementationOf(service, detectPlatforms(snapshot));
  if (!known) return [];
  const pods = controllerPodsOf(known, snapshot);
  const [first] = pods;
  if (!first) return controllerNeverCreated(known, snapshot);
  if (!pods.every(isSeenDown)) return [];
  const { name = '', namespace = '' } = first.metadata ?? {};
  const isPlaced = first.spec?.nodeName !== undefined;
  return [
    {
      cause: `no Pod of ${known.title} is Ready: ${(troubleOf(first) ?? '').replace(/Pod (\S+)/, `Pod ${namespace}/$1`)}`,
      advice: '',
      look: isPlaced
        ? cure(command`kubectl logs ${name} -n ${namespace} --all-containers --tail=20`, 'shows why it does not run')
        : cure(command`kubectl describe pod ${name} -n ${namespace}`, 'shows why it is on no node'),
      isSure: true,
    },
  ];
}
