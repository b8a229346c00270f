import type { Observation, Topic } from './topics.ts';

/**
 * What a watch reports about a topic: one object that was added (`before` is undefined), modified or deleted (`after` is
 * undefined), or that the whole topic was read again.
 */
export type TopicChange =
  | { readonly topic: Topic; readonly before: object | undefined; readonly after: object | undefined }
  | { readonly topic: Topic; readonly listed: Observation<object> };
