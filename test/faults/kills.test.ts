import test from 'ava';
import { killsAndRaces } from './kills.ts';

/** A sample of what `npm run soak` tries. */
test('commands that are killed or race lose nothing, and one more run completes', async (t) => {
  t.timeout(120_000);
  const sample = { kills: 20, races: 8, seed: 14 };
  const { rows, failures } = await killsAndRaces(sample);
  const triedOf = (begin: string) =>
    rows.filter(({ what }) => what.startsWith(begin)).reduce((sum, { tried }) => sum + tried, 0);
  t.is(triedOf('killed: '), sample.kills);
  t.is(triedOf('at the same time: '), sample.races);
  t.true(triedOf('after SIGINT and SIGTERM: ') > 0);
  t.deepEqual(failures, []);
});
