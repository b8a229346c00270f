import type { LabelSelector, ObjectMeta } from 'kubernetes-types/meta/v1';

/** The `spec.selector` of a Service. An object matches if it has each of these labels. */
export type EqualitySelector = Readonly<Record<string, string>>;

/** Whether the selector of a Service matches these labels. As in Kubernetes, an empty selector matches nothing. */
export function selects(selector: EqualitySelector | undefined, labels: Readonly<Record<string, string>> | undefined) {
  const pairs = Object.entries(selector ?? {});
  return pairs.length > 0 && pairs.every(([key, value]) => labels?.[key] === value);
}

/**
 * Whether a selector (meta/v1, LabelSelector) matches these labels. An absent selector matches everything.
 *
 * @param only set if only the label with this key was seen; all other requirements then count as met
 */
export function labelSelectorTakes(
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>>,
  only?: string,
): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  const isKnown = (key: string) => only === undefined || key === only;
  return (
    Object.entries(matchLabels).every(([key, value]) => !isKnown(key) || labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      if (!isKnown(key)) return true;
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const isAmong = value !== undefined && values.includes(value);
      return operator === 'In' ? isAmong : !isAmong;
    })
  );
}

/** A selector as kubectl writes it: `a=1`, `c in (x,y)`, `e`, `!f`. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}): string {
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${values.join(',')})`;
  });
  return [...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`), ...expressions].join(', ');
}

/** Parses the label selector of a list request (apimachinery, labels.Parse): `a=1,b!=2,c in (x,y),d notin (z),e,!f`. */
export function parseLabelSelector(text: string): (labels: Readonly<Record<string, string>>) => boolean {
  const requirements = splitRequirements(text).map((part) => {
    const [, key = '', not, list] = /^([^\s!=(]+)\s+(not)?in\s+\(([^)]*)\)$/.exec(part) ?? [];
    const values = list?.split(',').map((value) => value.trim());
    if (values) return requirement(key, not ? 'NotIn' : 'In', values);
    const [, name = '', operator, value = ''] = /^([^\s!=]+)\s*(!=|==?)\s*(.*)$/.exec(part) ?? [];
    if (operator) return requirement(name, operator === '!=' ? 'NotIn' : 'In', [value]);
    return part.startsWith('!')
      ? requirement(part.slice(1).trim(), 'DoesNotExist', [])
      : requirement(part, 'Exists', []);
  });
  return (labels) => labelSelectorTakes({ matchExpressions: requirements }, labels);
}

const requirement = (key: string, operator: string, values: string[]) => ({ key, operator, values });

/** Splits a selector at its commas, but not at the commas in parentheses, which separate values. */
function splitRequirements(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/**
 * Parses the field selector of a list request (apimachinery, fields.ParseSelector): `type=Warning,metadata.name!=x`.
 */
export function parseFieldSelector(text: string): (object: object) => boolean {
  const requirements = splitRequirements(text).map((part) => {
    const [, path = '', operator, value] = /^([^!=]+?)\s*(!=|==?)\s*(.*)$/.exec(part) ?? [];
    return { fields: path.split('.'), value, isEqual: operator !== '!=' };
  });
  return (object) =>
    requirements.every(({ fields, value, isEqual }) => {
      const found = fields.reduce<unknown>((at, field) => (at as Record<string, unknown> | undefined)?.[field], object);
      return ((found ?? '') === value) === isEqual;
    });
}

/** An object with metadata, as all Kubernetes objects have. */
interface Labelled {
  metadata?: ObjectMeta;
}

/** Finds the objects that match a selector, without looking at all objects. */
export interface SelectorIndex<T> {
  /** The objects in `namespace` that match the selector, in their original order. */
  matching(namespace: string, selector: EqualitySelector | undefined): readonly T[];
}

/**
 * Indexes objects by namespace and label. A look-up visits only the objects that have the rarest label of the selector.
 */
export function indexByLabels<T extends Labelled>(objects: readonly T[]): SelectorIndex<T> {
  const byPair = new Map<string, T[]>();
  for (const object of objects) {
    for (const [key, value] of Object.entries(object.metadata?.labels ?? {})) {
      const pair = pairKey(object.metadata?.namespace ?? '', key, value);
      const bucket = byPair.get(pair);
      if (bucket) bucket.push(object);
      else byPair.set(pair, [object]);
    }
  }
  return {
    matching(namespace, selector) {
      let smallest: readonly T[] | undefined;
      for (const [key, value] of Object.entries(selector ?? {})) {
        const bucket = byPair.get(pairKey(namespace, key, value));
        if (!bucket) return [];
        if (!smallest || bucket.length < smallest.length) smallest = bucket;
      }
      return (smallest ?? []).filter((object) => selects(selector, object.metadata?.labels));
    },
  };
}

function pairKey(namespace: string, key: string, value: string): string {
  return `${namespace}\0${key}\0${value}`;
}
