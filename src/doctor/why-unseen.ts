import type { Snapshot } from '../snapshot/snapshot.ts';
import { placeOf } from '../snapshot/topic-place.ts';
import type { Topic } from '../snapshot/topics.ts';

/** Topics that are no lists of the API server, in a sentence. */
const words: { readonly [T in Topic]?: string } = {
  accessReviews: 'answers on what you may do (access reviews)',
  skyConfig: "SkyPilot's configuration files",
  probes: 'calls of the addresses',
  podProbes: 'what listens in the Pods',
  apiGroups: 'the API groups',
  serverVersion: "the API server's words about itself",
};

/** Why topics were not seen, and which permission or flag would show them. */
export function whyUnseen(unseen: readonly Topic[], snapshot: Snapshot): string {
  return [...new Set(unseen.map((topic) => whyOne(topic, snapshot)))].join('; ');
}

function whyOne(topic: Topic, { topics, namespace }: Snapshot): string {
  const observation = topics[topic];
  if (observation.observed) return '';
  const { resource = topic, namespace: place } = placeOf(topic);
  const where = place === 'scope' ? namespace : place;
  const called = words[topic] ?? (where === null ? resource : `${resource} in namespace ${where}`);
  switch (observation.reason) {
    case 'forbidden':
      return `${called} may not be listed: kubectl auth can-i list ${resource}${where === null ? ' -A' : ` -n ${where}`}`;
    case 'not-collected':
      return `${called} are not in the dump`;
    default:
      return `${called}: ${observation.message}`;
  }
}
