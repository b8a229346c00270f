import test from 'ava';
import type { Event } from 'kubernetes-types/core/v1';
import { endingOf, podEventsSelector } from '../../src/exposure/pod-ending.ts';
import { lookAt, seen } from '../helpers/look.ts';

const event = (reason: string, more: Partial<Event> = {}): Event => ({
  metadata: { name: 'e', namespace: 'default' },
  ...{ type: 'Normal', reason, message: 'words.', lastTimestamp: '2026-11-24T11:50:00Z' },
  involvedObject: { kind: 'Pod', namespace: 'default', name: 'train-head' },
  ...more,
});
const ending = (...events: readonly Event[]) => {
  const snapshot = lookAt([]);
  const topics = { ...snapshot.topics, podEvents: seen(events) };
  return endingOf({ topics }, { namespace: 'default', name: 'train-head' });
};

test('why a Pod is gone, in the words of its last event', (t) => {
  t.is(ending(), undefined);
  t.is(ending(event('Started'), event('Unhealthy', { type: 'Warning' })), undefined);
  t.is(ending(event('Stopped')), 'Kueue stopped it (Stopped: words)');
  t.is(ending(event('Preempted')), 'it was preempted (Preempted: words)');
  t.is(ending(event('NodeNotReady', { type: 'Warning' })), 'its node is not Ready (NodeNotReady: words)');
  t.is(
    ending(event('NodeNotReady'), event('TaintManagerEviction', { lastTimestamp: '2026-11-24T11:55:00Z' })),
    'a taint of its node evicts it (TaintManagerEviction: words)',
  );
  const other = { kind: 'Pod', namespace: 'default', name: 'other' };
  t.is(ending(event('Stopped', { involvedObject: other })), undefined);
  t.is(ending(event('Stopped', { involvedObject: { ...other, kind: 'Workload', name: 'train-head' } })), undefined);
});

test('the events of every start are not asked for', (t) => {
  t.is(
    podEventsSelector,
    'involvedObject.kind=Pod,reason!=Scheduled,reason!=Pulling,reason!=Pulled,reason!=Created,reason!=Started',
  );
});
