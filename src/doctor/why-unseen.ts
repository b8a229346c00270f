import type { Snapshot } from '../snapshot/snapshot.ts';
import { placeOf } from '../snapshot/topic-place.ts';
import type { Topic } from '../snapshot/topics.ts';

/** Why topics were not seen, and which permission or flag would show them. */
export function whyUnseen(unseen: readonly Topic[], { topics, namespace }: Snapshot): string {
  return unseen
    .map((topic) => {
      const observation = topics[topic];
      if (observation.observed) return '';
      const { resource = topic, namespace: place } = placeOf(topic);
      const where = place === 'scope' ? namespace : place;
      const words = where === null ? resource : `${resource} in namespace ${where}`;
      if (observation.reason === 'forbidden')
        return `${words} may not be listed: kubectl auth can-i list ${resource}${where === null ? ' -A' : ` -n ${where}`}`;
      if (observation.reason === 'not-collected') return `${words} are not in the dump`;
      return `${words}: ${observation.message}`;
    })
    .join('; ');
}
