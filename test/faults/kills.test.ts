import test from 'ava';
import { killsAndRaces } from './kills.ts';
import type { Section } from './section.ts';

// A sample of what `npm run soak` tries. One seed: what fails here fails again.
const seed = 14;

const triedOf = ({ rows }: Section, begin: string): number =>
  rows.filter(({ what }) => what.startsWith(begin)).reduce((sum, { tried }) => sum + tried, 0);

test.serial('commands that are killed lose nothing, and one more run completes', async (t) => {
  const section = await killsAndRaces({ kills: 20, races: 0, seed });
  t.is(triedOf(section, 'killed: '), 20);
  t.true(triedOf(section, 'after SIGINT and SIGTERM: ') > 0);
  t.deepEqual(section.failures, []);
});

test.serial('commands that run at the same time lose nothing, and one more run of each completes', async (t) => {
  const section = await killsAndRaces({ kills: 0, races: 9, seed });
  t.is(triedOf(section, 'at the same time: '), 9);
  t.deepEqual(section.failures, []);
});
