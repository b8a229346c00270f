import type { Evidence } from '../doctor/finding.ts';
import { cut } from './terminal-text.ts';

/** The maximum length of a value in a report. JSON contains the whole value. */
const mostCharacters = 1500;

/** A piece of evidence as a name and a value: a field of an object, or an event about it. */
export function valueText(evidence: Evidence): { readonly field: string; readonly value: string } {
  if ('field' in evidence) {
    const { field, value } = evidence;
    const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
    return { field: cut(field, mostCharacters), value: cut(text ?? 'null', mostCharacters) };
  }
  const { reason, message, count, lastSeen, by } = evidence.event;
  const times = `${count === 1 ? 'once' : `${count} times`}${lastSeen === null ? '' : `, last at ${lastSeen}`}`;
  const field = `event ${reason}${by === null ? '' : ` from ${by}`} (${times})`;
  return { field: cut(field, mostCharacters), value: cut(message, mostCharacters) };
}
