import { advice, type Cure, command, cure } from '../errors/cure.ts';
import { Failure } from '../errors/failure.ts';
import { shellWord } from '../errors/shell-word.ts';
import { UnseenError } from '../errors/unseen-error.ts';
import { placeOf } from './topic-place.ts';
import type { Topic, Unobserved } from './topics.ts';

/**
 * What was not seen and why, with the command that shows whether a permission is missing, where that is the reason: `pods in
 * namespace default were not seen (forbidden; kubectl auth can-i list pods -n default)`.
 *
 * @param namespace the namespace that was asked about; null for all
 */
export function unseenWords(topic: Topic, { reason, message }: Unobserved, namespace: string | null): string {
  const { resource = topic, apiGroup, namespace: place } = placeOf(topic);
  const where = place === 'scope' ? namespace : place;
  const isClusterWide = place === null;
  const inPlace = isClusterWide ? '' : where === null ? ' in all namespaces' : ` in namespace ${where}`;
  return `${resource}${inPlace} were not seen (${reason === 'forbidden' ? `forbidden; ${canI(resource, apiGroup, where)}` : message})`;
}

/** The command that shows whether the user may list these. */
export function canI(resource: string, apiGroup: string | undefined, namespace: string | null): string {
  const what = apiGroup ? `${resource}.${apiGroup}` : resource;
  return `kubectl auth can-i list ${what} ${namespace === null ? '-A' : `-n ${shellWord(namespace)}`}`;
}

/** What was not seen and why, without a command: `pods in namespace default were not seen (forbidden)`. */
export function unseenFact(topic: Topic, { reason, message }: Unobserved, namespace: string | null): string {
  const { resource = topic, namespace: place } = placeOf(topic);
  const where = place === 'scope' ? namespace : place;
  const inPlace = place === null ? '' : where === null ? ' in all namespaces' : ` in namespace ${where}`;
  return `${resource}${inPlace} were not seen (${reason === 'forbidden' ? 'forbidden' : message})`;
}

/** If a permission is the reason: the command that shows it. */
export function unseenCures(topic: Topic, { reason }: Unobserved, namespace: string | null): Cure[] {
  if (reason !== 'forbidden') return [];
  const { resource = topic, apiGroup, namespace: place } = placeOf(topic);
  const where = place === 'scope' ? namespace : place;
  const what = apiGroup ? `${resource}.${apiGroup}` : resource;
  const scope = where === null ? ['-A'] : ['-n', where];
  return [cure(command`kubectl auth can-i list ${what} ${scope}`, 'shows whether you may see them')];
}

/** What a command throws that cannot go on without something: a missing permission leaves it unknown, a server that fails fails it. */
export function unseenError(fact: string, { reason }: Unobserved, cures?: string | readonly Cure[]): Failure {
  const all = typeof cures === 'string' ? [advice(cures)] : (cures ?? []);
  return reason === 'forbidden' ? new UnseenError('not-seen', fact, all) : new Failure('not-seen', fact, all);
}
