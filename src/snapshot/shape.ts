/** Whether a value is an object with fields, so neither a list nor null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The type that a value needs for this plugin to read it:
 *
 * - `text`, `number`, `boolean`; `port`: a number or a name; `any`
 * - `texts`: an object whose values are texts, as labels are
 * - `[shape]`: a list
 * - an object: these fields, all optional except those with `!` after the name
 */
export type Shape =
  | 'text'
  | 'number'
  | 'boolean'
  | 'port'
  | 'any'
  | 'texts'
  | readonly [Shape]
  | { readonly [field: string]: Shape };

/**
 * The first field of a wrong type, as in `spec.ports is a text, not a list`; undefined if all are right. As in the
 * Kubernetes API, null counts as absent. Such fields are removed from the value.
 */
export function faultIn(value: unknown, shape: Shape, path = ''): string | undefined {
  const wrong = (wanted: string) => `${path || 'it'} is ${nameOf(value)}, not ${wanted}`;
  if (shape === 'any') return undefined;
  if (typeof shape === 'string' && shape !== 'texts') {
    const kinds = shape === 'port' ? ['number', 'string'] : [shape === 'text' ? 'string' : shape];
    return kinds.includes(typeof value) ? undefined : wrong(words[shape]);
  }
  if (isList(shape)) {
    if (!Array.isArray(value)) return wrong('a list');
    return firstOf(value, (item, index) => faultIn(item, shape[0], `${path}[${index}]`));
  }
  if (!isRecord(value)) return wrong('an object');
  for (const [key, field] of Object.entries(value)) if (field === null) delete value[key];
  const within = (key: string) => (path === '' ? key : `${path}.${key}`);
  if (shape === 'texts') {
    return firstOf(Object.entries(value), ([key, field]) => faultIn(field, 'text', within(key)));
  }
  return firstOf(Object.entries(shape), ([name, field]) => {
    const key = name.replace('!', '');
    if (Object.hasOwn(value, key)) return faultIn(value[key], field, within(key));
    return key === name ? undefined : `${within(key)} is missing`;
  });
}

const words = { text: 'a text', number: 'a number', boolean: 'true or false', port: 'a number or a name' } as const;

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'a text';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function firstOf<T>(items: readonly T[], faultOf: (item: T, index: number) => string | undefined): string | undefined {
  for (let index = 0; index < items.length; index++) {
    const fault = faultOf(items[index]!, index);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
