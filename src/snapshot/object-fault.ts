import { isRecord } from './is-record.ts';
import { objectShapes } from './object-shapes.ts';
import { faultIn } from './shape.ts';
import { placeOf } from './topic-place.ts';
import type { Topic } from './topics.ts';

/**
 * Which object is not what the plugin reads of its kind, and why: `Pod default/train-head is malformed: spec is a text, not an
 * object`; undefined when it can be read. A field that is null counts as absent and is taken out.
 */
export function objectFault(topic: Topic, item: unknown): string | undefined {
  const { kind: wanted } = placeOf(topic);
  const kind = isRecord(item) ? item.kind : undefined;
  if (wanted && typeof kind === 'string' && kind !== wanted) return `a ${kind} stands where a ${wanted} should be`;
  const fault = faultIn(item, objectShapes[topic]);
  if (fault === undefined) return undefined;
  const { metadata } = isRecord(item) ? item : {};
  const { namespace, name } = isRecord(metadata) ? metadata : {};
  const called = [namespace, name].filter((part) => typeof part === 'string').join('/');
  const object = [placeOf(topic).kind ?? `an item of ${topic}`, called].filter((part) => part !== '').join(' ');
  return `${object} is malformed: ${fault}`;
}
