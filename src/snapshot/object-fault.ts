import { faultIn, isRecord } from './shape.ts';
import { type Topic, topicRows } from './topics.ts';

/**
 * Which object is not what the plugin reads of its kind, and why: `Pod default/train-head is malformed: spec is a text, not an
 * object`; undefined when it can be read. A field that is null counts as absent and is taken out.
 */
export function objectFault(topic: Topic, item: unknown): string | undefined {
  const { kind: wanted } = topicRows[topic];
  const kind = isRecord(item) ? item.kind : undefined;
  if (wanted && typeof kind === 'string' && kind !== wanted) return `expected a ${wanted}, found a ${kind}`;
  const fault = faultIn(item, topicRows[topic].shape) ?? unknownOutcome(topic, item);
  if (fault === undefined) return undefined;
  const { metadata } = isRecord(item) ? item : {};
  const { namespace, name } = isRecord(metadata) ? metadata : {};
  const called = [namespace, name].filter((part) => typeof part === 'string').join('/');
  const object = [topicRows[topic].kind ?? `an item of ${topic}`, called].filter((part) => part !== '').join(' ');
  return `${object} is malformed: ${fault}`;
}

/** How a call can end (probe.ts), by the part of the answer that says so. */
const outcomes: Readonly<Record<string, readonly string[]>> = {
  connection: ['open', 'refused', 'no-answer', 'unreachable'],
  http: ['answered', 'silent', 'no-http', 'closed'],
  proxy: ['answers', 'refused', 'forbidden', 'unknown'],
};
const nameOutcomes = ['resolved', 'unknown-name', 'no-answer'];

/** The part of a probe whose outcome is not one that this version knows; a shape says only that it is a text. */
function unknownOutcome(topic: Topic, item: unknown): string | undefined {
  if ((topic !== 'probes' && topic !== 'podProbes') || !isRecord(item)) return undefined;
  for (const [part, known] of Object.entries(outcomes)) {
    const answer = item[part];
    if (isRecord(answer) && !known.includes(String(answer.outcome))) return `${part}.outcome is not a known outcome`;
  }
  const names = Array.isArray(item.names) ? item.names.filter(isRecord) : [];
  return names.every(({ outcome }) => nameOutcomes.includes(String(outcome)))
    ? undefined
    : 'names[].outcome is not a known outcome';
}
