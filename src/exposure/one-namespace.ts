import type { SelfSubjectAccessReview } from 'kubernetes-types/authorization/v1';
import { controllerService } from '../skypilot/names.ts';
import type { WithMetadata } from '../snapshot/object-reference.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { allTopics, itemsOf, type Observation, type Topic, topicRows } from '../snapshot/topics.ts';
import { controllerServicesIn } from './controllers/ingress-controllers.ts';

/**
 * The part of a snapshot of all namespaces that belongs to one namespace. It is the same as a snapshot of this
 * namespace only.
 */
export function inNamespace(snapshot: Snapshot, namespace: string): Snapshot {
  const { topics } = snapshot;
  const within = <T extends WithMetadata>(observation: Observation<T>, place: string) =>
    keeping(observation, ({ metadata }) => metadata?.namespace === place);
  const scoped = allTopics.filter((topic) => topicRows[topic].namespace === 'scope');
  const narrowed = Object.fromEntries(
    scoped.map((topic) => [topic, within(topics[topic] as Observation<WithMetadata>, namespace)]),
  ) as Pick<Snapshot['topics'], Topic>;
  return {
    ...snapshot,
    namespace,
    topics: {
      ...topics,
      ...narrowed,
      controllerServices: controllerServicesIn(snapshot),
      ingressNginxServices: within(topics.services, controllerService.namespace),
      namedControllerServices: topics.services,
      accessReviews: topics.accessReviews.observed
        ? { ...topics.accessReviews, items: reviewsFor(itemsOf(topics.accessReviews), namespace) }
        : topics.accessReviews,
    },
  };
}

function keeping<T>(observation: Observation<T>, keep: (item: T) => boolean): Observation<T> {
  return observation.observed ? { ...observation, items: observation.items.filter(keep) } : observation;
}

/**
 * The access reviews for one namespace. A permission for all namespaces includes this namespace. A denial for all namespaces is
 * left out, because the user may still have the permission in this namespace.
 */
function reviewsFor(reviews: readonly SelfSubjectAccessReview[], namespace: string): SelfSubjectAccessReview[] {
  return reviews.flatMap((review) => {
    const { resourceAttributes } = review.spec;
    if (resourceAttributes?.namespace !== undefined || resourceAttributes?.resource === 'ingressclasses') return review;
    const here = { ...review, spec: { ...review.spec, resourceAttributes: { ...resourceAttributes, namespace } } };
    return review.status?.allowed ? here : [];
  });
}
