import test from 'ava';
import { ageOf } from '../../src/output/endpoint-table.ts';

// The table of HumanDuration's own tests (k8s.io/apimachinery/pkg/util/duration/duration_test.go), and its borders.
const second = 1;
const minute = 60;
const hour = 3600;
const day = 24 * hour;
const year = 365 * day;
const ages: readonly [seconds: number, text: string][] = [
  [-2 * second, '<invalid>'],
  [-1.9 * second, '0s'],
  [-1 * second, '0s'],
  [-0.5 * second, '0s'],
  [0, '0s'],
  [0.9 * second, '0s'],
  [second, '1s'],
  [70 * second, '70s'],
  [119.9 * second, '119s'],
  [2 * minute, '2m'],
  [190 * second, '3m10s'],
  [599 * second, '9m59s'],
  [10 * minute, '10m'],
  [70 * minute, '70m'],
  [179 * minute, '179m'],
  [3 * hour, '3h'],
  [3 * hour + 30 * second, '3h'],
  [7 * hour + 59 * minute, '7h59m'],
  [8 * hour, '8h'],
  [47 * hour + 59 * minute, '47h'],
  [2 * day, '2d'],
  [2 * day + hour, '2d1h'],
  [8 * day - hour, '7d23h'],
  [8 * day, '8d'],
  [2 * year - hour, '729d'],
  [2 * year, '2y'],
  [2 * year + 23 * hour, '2y'],
  [3 * year + day, '3y1d'],
  [8 * year - day, '7y364d'],
  [8 * year, '8y'],
  [9 * year + 3 * day, '9y'],
];
const now = '2026-11-02T12:00:00.000Z';
for (const [seconds, text] of ages) {
  test(`${seconds} s are ${text}`, (t) => {
    t.is(ageOf(new Date(Date.parse(now) - seconds * 1000).toISOString(), now), text);
  });
}

test('no time of creation', (t) => t.is(ageOf(null, now), '<unknown>'));
