import type { Endpoint } from '../exposure/endpoint.ts';
import { unobservedTopics } from '../exposure/resolve-endpoints.ts';
import { terminalText } from '../output/terminal-text.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Topic } from '../snapshot/topics.ts';
import type { System } from '../system.ts';

/** The list rests on these: without them rows may be missing altogether. */
const listTopics: ReadonlySet<Topic> = new Set(['pods', 'services', 'ingresses']);

/** Says on stderr, a line each, what was not seen where that costs rows, and how to ask for the right to see it. */
export function reportUnobserved(snapshot: Snapshot, endpoints: readonly Endpoint[], system: System): void {
  const someUnknown = endpoints.some(({ state }) => state === 'Unknown');
  for (const { topic, resource, namespace, reason } of unobservedTopics(snapshot)) {
    if (!listTopics.has(topic) && !someUnknown) continue;
    const clusterWide = resource === 'nodes' || resource === 'ingressclasses';
    const place = clusterWide ? '' : namespace === null ? ' in all namespaces' : ` in namespace ${namespace}`;
    const flag = clusterWide ? '' : namespace === null ? ' -A' : ` -n ${namespace}`;
    const cost = listTopics.has(topic)
      ? 'rows that need them are Unknown or missing'
      : 'rows that need them are Unknown';
    system.stderr.write(
      `warning: ${resource}${place} were not seen (${terminalText(reason)}): ${cost}; kubectl auth can-i list ${resource}${flag}\n`,
    );
  }
}
