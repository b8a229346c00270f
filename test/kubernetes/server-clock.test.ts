import test from 'ava';
import { ServerClock } from '../../src/kubernetes/transport/transport.ts';

const local = new Date('2026-11-24T12:00:00.400Z');

for (const [title, date, now] of [
  ['no answer yet: the time of this machine', [], '2026-11-24T12:00:00.400Z'],
  ['the same second: this machine has the finer clock', ['Tue, 24 Nov 2026 12:00:00 GMT'], '2026-11-24T12:00:00.400Z'],
  ['a machine that is an hour behind', ['Tue, 24 Nov 2026 13:00:00 GMT'], '2026-11-24T13:00:00.000Z'],
  ['a machine that is an hour ahead', ['Tue, 24 Nov 2026 11:00:00 GMT'], '2026-11-24T11:00:00.000Z'],
  ['an answer without a date', ['Tue, 24 Nov 2026 13:00:00 GMT', undefined, 'soon'], '2026-11-24T13:00:00.000Z'],
  [
    'the last answer counts',
    ['Tue, 24 Nov 2026 13:00:00 GMT', 'Tue, 24 Nov 2026 12:00:01 GMT'],
    '2026-11-24T12:00:00.400Z',
  ],
] as const) {
  test(title, (t) => {
    const clock = new ServerClock(() => local);
    for (const each of date) clock.note(each);
    t.is(clock.now().toISOString(), now);
  });
}
