import test from 'ava';
import { findSkyCluster } from '../../src/skypilot/find-sky-cluster.ts';

const named = (displayName: string, nameOnCloud: string) => ({ displayName, nameOnCloud });
const train = named('train', 'train-2ea485ef');
const trainAgain = named('train', 'train-0badcafe');
const training = named('training', 'training-2ea485ef');
const dotted = named('My.Cluster_1', 'my-cluster-1-2ea485ef');
const truncated = named('a-name-that-is-far-too-long-for-a-label', 'a-name-that-is-far-too-4i-2ea485ef');
const all = [train, training, dotted, truncated];

const cases = {
  'the display name': ['train', all, true, [train]],
  'the name on the cloud': ['my-cluster-1-2ea485ef', all, true, [dotted]],
  'exact beats prefix': ['train', all, true, [train]],
  'a prefix of the display name': ['traini', all, true, [training]],
  'a prefix of the name on the cloud': ['my-cl', all, true, [dotted]],
  'the beginning of a truncated name': ['a-name', all, true, [truncated]],
  'an ambiguous prefix': ['tra', all, true, [train, training]],
  'two users with one display name': ['train', [train, trainAgain], true, [train, trainAgain]],
  'the name on the cloud tells them apart': ['train-0badcafe', [train, trainAgain], true, [trainAgain]],
  'no prefix for a writing command': ['traini', all, false, []],
  'exact for a writing command': ['training', all, false, [training]],
  'an empty name names nothing': ['', all, true, []],
  'a name is no pattern': ['t.ain', all, true, []],
  'an unknown name': ['nope', all, true, []],
} as const;
for (const [title, [name, clusters, prefix, expected]] of Object.entries(cases)) {
  test(title, (t) => {
    const found = findSkyCluster<(typeof all)[number]>(name, clusters, { prefix });
    const candidates = found.found === 'several' ? found.candidates : found.found === 'one' ? [found.skyCluster] : [];
    t.deepEqual(candidates, [...expected]);
    t.is(found.found, (['none', 'one', 'several'] as const)[expected.length]!);
  });
}
