import { type Command, type Cure, command, cure } from '../errors/cure.ts';
import { Failure, UnseenError } from '../errors/failure.ts';
import type { Topic, Unobserved } from './topics.ts';
import { topicRows } from './topics.ts';

/**
 * What was not seen and why: `pods in namespace default were not seen (forbidden)`.
 *
 * @param namespace the namespace that was asked about; null for all
 */
export function unseenWords(topic: Topic, { reason, message }: Unobserved, namespace: string | null): string {
  const { resource, place, where } = lookedFor(topic, namespace);
  const inPlace = place === null ? '' : where === null ? ' in all namespaces' : ` in namespace ${where}`;
  return `${resource}${inPlace} were not seen (${reason === 'forbidden' ? 'forbidden' : message})`;
}

/** What to do about what was not seen: a missing permission can be looked up, and asked for. */
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

/** What was looked for, and in which namespace: null for all, or for what is in none. */
export function lookedFor(topic: Topic, namespace: string | null) {
  const { resource = topic, apiGroup, namespace: place } = topicRows[topic];
  return { resource, apiGroup, place, where: place === 'scope' ? namespace : place };
}

/** The command that shows whether the user may list these. */
function canI(resource: string, apiGroup: string | undefined, namespace: string | null): Command | null {
  const what = apiGroup ? `${resource}.${apiGroup}` : resource;
  return command`kubectl auth can-i list ${what} ${namespace === null ? ['-A'] : ['-n', namespace]}`;
}

/** What a command throws that cannot go on without something: a missing permission leaves it unknown, a server that fails fails it. */
export function unseenError(fact: string, { reason }: Unobserved, cures: readonly Cure[] = []): Failure {
  return reason === 'forbidden'
    ? new UnseenError('permission-missing', fact, cures)
    : new Failure('not-seen', fact, cures);
}
