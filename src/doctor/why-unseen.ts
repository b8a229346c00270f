import type { Cure } from '../errors/cure.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Topic } from '../snapshot/topics.ts';
import { lookedFor, unseenCures } from '../snapshot/unseen-words.ts';

/** Topics that are no lists of the API server, in a sentence. */
const words: { readonly [T in Topic]?: string } = {
  accessReviews: 'answers on what you may do (access reviews)',
  skyConfig: "SkyPilot's configuration files",
  probes: 'calls of the addresses',
  podProbes: 'what listens in the Pods',
  apiGroups: 'the API groups',
  serverVersion: "the API server's words about itself",
};

/** Why topics were not seen, and how to see them. */
export interface Unseen {
  readonly because: string;
  readonly cures: readonly Cure[];
}

/** Why topics were not seen, and which command shows the permission that is missing. */
export function whyUnseen(unseen: readonly Topic[], snapshot: Snapshot): Unseen {
  const all = unseen.map((topic) => whyOne(topic, snapshot));
  const byReason = new Map(all.map((each) => [each.because, each]));
  return {
    because: [...byReason.keys()].join('; '),
    cures: [...byReason.values()].flatMap(({ cures }) => cures),
  };
}

function whyOne(topic: Topic, { topics, namespace }: Snapshot): Unseen {
  const observation = topics[topic];
  if (observation.observed) return { because: '', cures: [] };
  const { resource, where } = lookedFor(topic, namespace);
  const called = words[topic] ?? (where === null ? resource : `${resource} in namespace ${where}`);
  switch (observation.reason) {
    case 'forbidden':
      return { because: `${called} may not be listed`, cures: unseenCures(topic, observation, namespace) };
    case 'not-collected':
      return { because: `${called} are not in the dump`, cures: [] };
    default:
      return { because: `${called}: ${observation.message}`, cures: observation.cures ?? [] };
  }
}
