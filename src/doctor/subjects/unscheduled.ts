import type { Node, Pod } from 'kubernetes-types/core/v1';
import { advice, type Cure, command, cure } from '../../errors/cure.ts';
import { listed } from '../../snapshot/text.ts';

/**
 * Describes the taints of the nodes, if the scheduler reports that a taint keeps the Pod waiting: "node gpu-1 has taint
 * nvidia.com/gpu=present:NoSchedule".
 */
export function taintsAgainst({ status }: Pod, nodes: readonly Node[]): string | undefined {
  const words = status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False')?.message;
  if (!words || !/untolerated taint|had taint/.test(words)) return undefined;
  const tainted = nodes.flatMap(({ metadata, spec }) => {
    const taints = (spec?.taints ?? []).filter(({ effect }) => effect !== 'PreferNoSchedule');
    return taints.length > 0 ? [`node ${metadata?.name} has taint ${listed(taints.map(taintText))}`] : [];
  });
  if (tainted.length === 0) return undefined;
  const more = tainted.length > 3 ? [`${tainted.length - 3} more nodes have taints`] : [];
  return [...tainted.slice(0, 3), ...more].join(', ');
}

function taintText({ key, value, effect }: { readonly key: string; readonly value?: string; readonly effect: string }) {
  return `${key}${value ? `=${value}` : ''}:${effect}`;
}

/**
 * Describes the scheduling gates of a Pod, and its Kueue queue: "held by scheduling gate kueue.x-k8s.io/admission of
 * Kueue, in queue gpus".
 */
export function gatesOf(pod: Pod): string | undefined {
  const gates = (
    (pod.spec as { schedulingGates?: readonly { readonly name: string }[] } | undefined)?.schedulingGates ?? []
  ).map(({ name }) => name);
  if (gates.length === 0) return undefined;
  const queue = queueOf(pod);
  return `held by scheduling gate ${listed(gates)}${gates.includes(kueueGate) ? ` of Kueue${queue ? `, in queue ${queue}` : ''}` : ''}`;
}

/** Commands that show the queue of a waiting Pod. */
export function gateLooks(pod: Pod, namespace: string): Cure[] {
  const queue = queueOf(pod);
  return [
    cure(
      command`kubectl get workloads -n ${namespace}`,
      'shows the queue; a queue such as Kueue keeps the Pod waiting until there is quota',
    ),
    ...(queue === undefined
      ? []
      : [
          cure(
            command`kubectl describe localqueue ${queue} -n ${namespace}`,
            'shows whether that queue exists, and its quota',
          ),
        ]),
  ];
}

/** The scheduling gate of Kueue (pkg/controller/jobs/pod/constants). */
const kueueGate = 'kueue.x-k8s.io/admission';

/** The queue of a Pod, from its label. The setting kubernetes.kueue.local_queue_name of SkyPilot sets this label. */
function queueOf({ metadata }: Pick<Pod, 'metadata'>): string | undefined {
  return metadata?.labels?.['kueue.x-k8s.io/queue-name'];
}

/** Advice about taints, for a Pod from the manifest or chart of another project. */
export function toleranceAdvice(whose: string): Cure {
  return advice(`let ${whose} tolerate one of these taints, add a node without them, or take a taint away`);
}
