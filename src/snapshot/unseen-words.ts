import { type Command, type Cure, command, cure } from '../errors/cure.ts';
import { Failure, UnseenError } from '../errors/failure.ts';
import type { Topic, Unobserved } from './topics.ts';
import { topicRows } from './topics.ts';

/**
 * A sentence about a topic that was not seen, with the reason: `pods in namespace default were not seen (forbidden)`.
 *
 * @param namespace the namespace that was read; null for all
 */
export function unseenWords(topic: Topic, { reason, message }: Unobserved, namespace: string | null): string {
  const { resource, place, where } = lookedFor(topic, namespace);
  const inPlace = place === null ? '' : where === null ? ' in all namespaces' : ` in namespace ${where}`;
  return `${resource}${inPlace} were not seen (${reason === 'forbidden' ? 'forbidden' : message})`;
}

/**
 * The cures if a topic was not seen because a permission is missing: a command that checks this permission, and the
 * advice to ask an administrator. Empty for other reasons.
 */
export function unseenCures(topic: Topic, { reason }: Unobserved, namespace: string | null): Cure[] {
  if (reason !== 'forbidden') return [];
  const { resource, apiGroup, where } = lookedFor(topic, namespace);
  return [
    cure(
      canI(resource, apiGroup, where),
      'an administrator can give you this permission; this shows whether you have it',
    ),
  ];
}

/**
 * What messages call a topic: its resource, API group and namespace.
 *
 * @param namespace null for all namespaces, and for a kind without namespaces
 */
export function lookedFor(topic: Topic, namespace: string | null) {
  const { resource = topic, apiGroup, namespace: place } = topicRows[topic];
  return { resource, apiGroup, place, where: place === 'scope' ? namespace : place };
}

/** The command that shows whether the user may list the resource. */
function canI(resource: string, apiGroup: string | undefined, namespace: string | null): Command | null {
  const what = apiGroup ? `${resource}.${apiGroup}` : resource;
  return command`kubectl auth can-i list ${what} ${namespace === null ? ['-A'] : ['-n', namespace]}`;
}

/**
 * The error of a command that needs a topic which was not seen. If a permission is missing, the exit code says that the
 * result is unknown. If the server failed, it says that the command failed.
 */
export function unseenError(fact: string, { reason }: Unobserved, cures: readonly Cure[] = []): Failure {
  return reason === 'forbidden'
    ? new UnseenError('permission-missing', fact, cures)
    : new Failure('not-seen', fact, cures);
}

/**
 * The error of a command that needs a topic which was not seen, with the cures for it.
 *
 * @param namespace the namespace that was read; null for all
 * @param consequence the end of the sentence: `so the head Pod is unknown`
 * @param more cures for this command, after the cures for a missing permission
 */
export function unseenTopicError(
  topic: Topic,
  observation: Unobserved,
  namespace: string | null,
  consequence: string,
  more: readonly Cure[] = [],
): Failure {
  const fact = `${unseenWords(topic, observation, namespace)}, ${consequence}`;
  return unseenError(fact, observation, [...unseenCures(topic, observation, namespace), ...more]);
}
