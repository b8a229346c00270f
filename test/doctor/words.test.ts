import test from 'ava';
import { displayOf, exposeCommand, rangesOf, secondsBetween } from '../../src/doctor/format.ts';
import { lastWarningOf, warningWords } from '../../src/doctor/subjects/warning-event.ts';
import { samePorts } from '../../src/exposure/port-mapping.ts';
import { listed } from '../../src/snapshot/text.ts';
import { forbidden, seen } from '../helpers/look.ts';

test('a name from the cluster cannot add a command to the one that is pasted', (t) => {
  const nameOnCloud = 'train-1a2b';
  for (const displayName of ['train; rm -rf ~ #', '--server=https://evil.invalid', '-a', 'z$(pwn)', 'a b', '']) {
    const hostile = { displayName, nameOnCloud, namespace: "de'fault" };
    t.is<string | null, string>(
      exposeCommand(hostile, samePorts([80])),
      "kubectl skyports expose train-1a2b 80 -n 'de'\\''fault'",
    );
  }
  t.is<string | null, string>(
    exposeCommand({ displayName: 'train', nameOnCloud, namespace: 'ml' }, samePorts([80]), 'nodeport'),
    'kubectl skyports expose train 80 -n ml --mode nodeport',
  );
  const mapped = [...samePorts([8000, 8001]), { servicePort: 80, targetPort: 9000 }];
  t.is<string | null, string>(
    exposeCommand({ displayName: 'a', nameOnCloud, namespace: 'b' }, mapped),
    'kubectl skyports expose a 8000-8001 80:9000 -n b',
  );
});

test('ports are named as the command line takes them', (t) => {
  t.deepEqual(rangesOf([30003, 30001, 30002, 8888, 8888]), ['8888', '30001-30003']);
  t.deepEqual(rangesOf([]), []);
});

test('lists, names and ages read as a person writes them', (t) => {
  t.deepEqual([[], ['a'], ['a', 'b'], ['a', 'b', 'c', 'd', 'e']].map(listed), [
    '',
    'a',
    'a and b',
    'a, b, c and 2 more',
  ]);
  t.is(displayOf({ displayName: 'a', nameOnCloud: 'a' }), 'SkyPilot cluster a');
  t.is(secondsBetween(undefined, '2026-11-24T12:00:00Z'), undefined);
  t.is(secondsBetween('2026-11-24T11:59:20Z', '2026-11-24T12:00:00Z'), 40);
});

const service = { metadata: { namespace: 'default', name: 'web', uid: 'u2' } };
const event = (reason: string, more: object = {}) => ({
  metadata: {},
  involvedObject: { kind: 'Service', namespace: 'default', name: 'web' },
  type: 'Warning',
  reason,
  message: 'It failed. ',
  ...more,
});

test('the last warning about an object counts, wherever its library wrote the time', (t) => {
  const events = seen([
    event('Old', { lastTimestamp: '2026-11-24T11:00:00Z', count: 3 }),
    event('Series', { series: { count: 7, lastObservedTime: '2026-11-24T11:50:00.000000Z' } }),
    event('Single', { eventTime: '2026-11-24T11:40:00.000000Z' }),
    event('Normal', { type: 'Normal', lastTimestamp: '2026-11-24T11:59:00Z' }),
    event('ClusterIPNotAllocated', { lastTimestamp: '2026-11-24T11:59:00Z' }),
    event('OfAnother', {
      involvedObject: { kind: 'Pod', namespace: 'default', name: 'web' },
      lastTimestamp: '2026-11-24T11:59:00Z',
    }),
    event('OfAnEarlier', {
      involvedObject: { kind: 'Service', namespace: 'default', name: 'web', uid: 'u1' },
      lastTimestamp: '2026-11-24T11:59:00Z',
    }),
  ]);
  const last = lastWarningOf(events, 'Service', service)!;
  t.deepEqual(last.event, {
    reason: 'Series',
    message: 'It failed. ',
    count: 7,
    lastSeen: '2026-11-24T11:50:00.000000Z',
    by: null,
  });
  t.is(warningWords(last, '2026-11-24T12:00:00Z'), 'warning event Series (7 times, last 10m ago): It failed');
  const undated = lastWarningOf(seen([event('Bare')]), 'Service', service)!;
  t.is(warningWords(undated, '2026-11-24T12:00:00Z'), 'warning event Bare: It failed');
  t.is(lastWarningOf(forbidden('events'), 'Service', service), undefined);
});
