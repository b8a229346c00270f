import type { Cure } from '../errors/cure.ts';
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

/** What a command throws that cannot go on without something: a missing permission leaves it unknown, a server that fails fails it. */
export function unseenError(code: string, fact: string, unobserved: Unobserved, cures: readonly Cure[]): Failure;
export function unseenError(fact: string, unobserved: Unobserved, cure?: string): Failure;
export function unseenError(
  first: string,
  second: string | Unobserved,
  third?: Unobserved | string,
  cures: readonly Cure[] = [],
): Failure {
  if (typeof second === 'string') {
    const { reason } = third as Unobserved;
    return reason === 'forbidden' ? new UnseenError(first, second, cures) : new Failure(first, second, cures);
  }
  const cure = third as string | undefined;
  return second.reason === 'forbidden' ? new UnseenError(first, cure) : new Failure(first, cure);
}
