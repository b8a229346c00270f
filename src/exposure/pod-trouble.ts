import type { Pod } from 'kubernetes-types/core/v1';

/** Whether the Pod is Ready as the kubelet reports it (`status.conditions`). */
export function isReady(pod: Pod): boolean {
  if (pod.metadata?.deletionTimestamp) return false;
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** Why the Pod receives no traffic, in the words of its status; undefined if it is Ready. */
export function troubleOf(pod: Pod): string | undefined {
  if (isReady(pod)) return undefined;
  const name = `Pod ${pod.metadata?.name}`;
  if (pod.metadata?.deletionTimestamp) return `${name} is terminating`;
  const { phase = 'Pending', reason, message, conditions = [], containerStatuses = [] } = pod.status ?? {};
  if (phase === 'Failed' || phase === 'Succeeded') return `${name} is ${phase}${inParentheses(reason)}`;
  for (const { name: container, state } of containerStatuses) {
    const why = state?.waiting?.reason ?? state?.terminated?.reason;
    if (why && why !== 'Completed') return `container ${container} of ${name} is not running (${why})`;
  }
  const unscheduled = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (unscheduled) return `${name} is ${phase}${inParentheses(unscheduled.reason, unscheduled.message)}`;
  if (phase === 'Running') return `${name} is Running but not Ready`;
  return `${name} is ${phase}${inParentheses(reason, message)}`;
}

function inParentheses(...texts: (string | undefined)[]): string {
  const said = texts.filter(Boolean);
  return said.length > 0 ? ` (${said.join(': ')})` : '';
}
