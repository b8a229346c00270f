import type { Event } from 'kubernetes-types/core/v1';
import { type Warning, wordsOf } from '../snapshot/last-warning.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Observation } from '../snapshot/topics.ts';

/**
 * Reasons of events that explain why a Pod is gone or gets no traffic. Most of these events have the type Normal.
 * Sources: Kueue for `Stopped` and `Preempted` (pkg/controller/jobframework); Kubernetes for the others (node
 * lifecycle, taint eviction, scheduler, kubelet).
 */
const endings: Readonly<Record<string, string>> = {
  Stopped: 'Kueue stopped it',
  Preempted: 'it was preempted',
  EvictedDueToPreempted: 'Kueue preempted it',
  NodeNotReady: 'its node is not Ready',
  TaintManagerEviction: 'a taint of its node evicts it',
  Evicted: 'the kubelet evicted it',
  DeletingNode: 'its node is being deleted',
};

/** The field selector for events about the end of a Pod. It leaves out the events that every start of a Pod creates. */
export const podEventsSelector = `involvedObject.kind=Pod,${['Scheduled', 'Pulling', 'Pulled', 'Created', 'Started']
  .map((reason) => `reason!=${reason}`)
  .join(',')}`;

/** Why a Pod ended, from the last event about it: "Kueue stopped it (Stopped: Preempted to accommodate …)". */
export function endingOf(
  { topics }: Pick<Snapshot, 'topics'>,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): string | undefined {
  const [last] = [topics.podEvents, topics.events].flatMap((events) => endingsIn(events, namespace, name)).sort(byTime);
  if (!last) return undefined;
  const { reason, message } = last;
  return `${endings[reason]} (${reason}${message === '' ? '' : `: ${message.replace(/\.$/, '')}`})`;
}

function endingsIn(events: Observation<Event>, namespace: string, name: string): Warning[] {
  return wordsOf(events, ({ reason = '', involvedObject }) => {
    if (!Object.hasOwn(endings, reason)) return false;
    const isPod = involvedObject.kind === 'Pod' && involvedObject.name === name;
    return isPod && (involvedObject.namespace ?? '') === namespace;
  });
}

function byTime(a: Warning, b: Warning): number {
  return (b.lastSeen ?? '').localeCompare(a.lastSeen ?? '');
}
