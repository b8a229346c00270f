import type { Endpoint } from '../../exposure/endpoint.ts';
import { unobservedTopics } from '../../exposure/uncertainty.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { Topic } from '../../snapshot/topics.ts';
import { unseenCures, unseenWords } from '../../snapshot/unseen-words.ts';
import type { System } from '../../system.ts';
import type { ConnectionValues } from '../command.ts';
import { sayWithCures } from '../messages.ts';

/** The list rests on these: without them rows may be missing altogether. */
const listTopics: ReadonlySet<Topic> = new Set(['pods', 'services', 'ingresses']);

/** Reports on stderr, a line each, what was not seen where that costs rows, and how to ask for the right to see it. */
export function reportUnobserved(
  snapshot: Snapshot,
  endpoints: readonly Endpoint[],
  values: ConnectionValues,
  system: System,
): void {
  const someUnknown = endpoints.some(({ state }) => state === 'Unknown');
  for (const { topic } of unobservedTopics(snapshot)) {
    const observation = snapshot.topics[topic];
    if (observation.observed) continue;
    const hasFailed = observation.reason === 'failed' || observation.reason === 'timed-out';
    if (!listTopics.has(topic) && !someUnknown && !hasFailed) continue;
    const cost = listTopics.has(topic)
      ? 'rows that need them are Unknown or missing'
      : 'rows that need them are Unknown';
    const cures = unseenCures(topic, observation, snapshot.namespace);
    sayWithCures(system, `warning: ${unseenWords(topic, observation, snapshot.namespace)}: ${cost}`, cures, values);
  }
}
