import { isDryRunOutcome } from './dry-run.ts';
import { faultIn, isRecord } from './shape.ts';
import { type Topic, topicRows } from './topics.ts';

/**
 * Names a malformed object and its fault: `Pod default/train-head is malformed: spec is a text, not an object`.
 * Undefined if the object can be read. If a field is null, it counts as absent, and is removed.
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

/** For each part of a probe that has outcomes, those that this version of the plugin knows (probe.ts). */
const outcomes: Readonly<Record<string, readonly string[]>> = {
  connection: ['open', 'refused', 'no-answer', 'unreachable'],
  http: ['answered', 'silent', 'no-http', 'closed'],
  proxy: ['answers', 'refused', 'forbidden', 'unknown'],
};
const nameOutcomes = ['resolved', 'unknown-name', 'no-answer'];

/**
 * The fault of a dry run or a probe whose outcome this version of the plugin does not know. The shape checks only that
 * the outcome is a text.
 */
function unknownOutcome(topic: Topic, item: unknown): string | undefined {
  if (!isRecord(item)) return undefined;
  if (topic === 'dryRuns') return isDryRunOutcome(item.outcome) ? undefined : 'outcome is not a known outcome';
  if (topic !== 'probes' && topic !== 'podProbes') return undefined;
  const { followed } = item;
  const calls = [{ at: '', of: item }, ...(isRecord(followed) ? [{ at: 'followed.', of: followed }] : [])];
  for (const { at, of } of calls) {
    for (const [part, known] of Object.entries(outcomes)) {
      const answer = of[part];
      if (isRecord(answer) && !known.includes(String(answer.outcome)))
        return `${at}${part}.outcome is not a known outcome`;
    }
  }
  const names = Array.isArray(item.names) ? item.names.filter(isRecord) : [];
  return names.every(({ outcome }) => nameOutcomes.includes(String(outcome)))
    ? undefined
    : 'names[].outcome is not a known outcome';
}
