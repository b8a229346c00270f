import type { Pod } from 'kubernetes-types/core/v1';

/** Whether the Pod is Ready (`status.conditions`) and is not being deleted. */
export function isReady(pod: Pod): boolean {
  if (pod.metadata?.deletionTimestamp) return false;
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** Why the Pod receives no traffic, with the reasons and messages in its status; undefined if the Pod is Ready. */
export function troubleOf(pod: Pod): string | undefined {
  if (isReady(pod)) return undefined;
  const name = `Pod ${pod.metadata?.name}`;
  const ended = endedBy(pod);
  if (pod.metadata?.deletionTimestamp) return `${name} is terminating${inParentheses(ended?.reason, ended?.message)}`;
  const { phase = 'Pending', reason, message, conditions = [], containerStatuses = [] } = pod.status ?? {};
  if (phase === 'Failed' || phase === 'Succeeded') {
    return `${name} is ${phase}${inParentheses(ended?.reason ?? reason, ended?.message)}`;
  }
  for (const { name: container, state } of containerStatuses) {
    const why = state?.waiting?.reason ?? state?.terminated?.reason;
    if (why && why !== 'Completed') return `container ${container} of ${name} is not running (${why})`;
  }
  const unscheduled = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (unscheduled) return `${name} is ${phase}${inParentheses(unscheduled.reason, unscheduled.message)}`;
  if (phase === 'Running') return `${name} is Running but not Ready`;
  return `${name} is ${phase}${inParentheses(reason, message)}`;
}

/**
 * The condition that explains why a Pod ended; undefined if it has none. Kubernetes (Pod disruption conditions): a node
 * that is not Ready, a taint, preemption, or an eviction. Kueue: pkg/controller/jobs/pod.
 */
export function endedBy({ status }: Pod): { readonly reason: string; readonly message: string } | undefined {
  const condition = status?.conditions?.find(
    (each) => (each.type === 'DisruptionTarget' || each.type === 'TerminationTarget') && each.status === 'True',
  );
  return condition && { reason: condition.reason ?? condition.type, message: condition.message ?? '' };
}

function inParentheses(...texts: (string | undefined)[]): string {
  const said = texts.filter((text) => text !== undefined && text !== '');
  return said.length > 0 ? ` (${said.join(': ')})` : '';
}
