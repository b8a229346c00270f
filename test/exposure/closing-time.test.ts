import test from 'ava';
import { closingChanges, closingTimesOf, isOverdue } from '../../src/exposure/closing-time.ts';

const at = '2026-11-24T12:00:00.000Z';
const live = {
  metadata: { annotations: { 'skyports/closes-at.9000': '2026-11-24T11:00:00.000Z', 'skyports/closes-at.9009': at } },
  spec: { ports: [{ port: 8888 }, { port: 9000 }] },
};

test('a port that was open to stay gets no closing time; a new port and a port with a time get one', (t) => {
  t.deepEqual(closingChanges([8888, 9000, 9001], at, live), {
    set: { 'skyports/closes-at.9000': at, 'skyports/closes-at.9001': at },
    remove: [],
  });
  t.deepEqual(closingChanges([8888], at, undefined), { set: { 'skyports/closes-at.8888': at }, remove: [] });
});

test('without a time, the named ports stay; undefined changes nothing', (t) => {
  t.deepEqual(closingChanges([9000], null, live), { set: {}, remove: ['skyports/closes-at.9000'] });
  t.deepEqual(closingChanges([9000], undefined, live), { set: {}, remove: [] });
});

test('the time of a port that is not open does not count', (t) => {
  t.deepEqual(closingTimesOf(live), [{ port: 9000, closesAt: '2026-11-24T11:00:00.000Z' }]);
});

test('a port is overdue a minute after its time, and with a time that cannot be read', (t) => {
  t.false(isOverdue(at, '2026-11-24T12:00:59.999Z'));
  t.true(isOverdue(at, '2026-11-24T12:01:00.000Z'));
  t.true(isOverdue('tomorrow', at));
});
