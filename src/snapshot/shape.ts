/** Whether a value is an object with fields. Lists and null are not. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The type of a value that this plugin can read:
 *
 * - `text`, `number`, `boolean`; `port`: a number or a name; `any`
 * - `texts`: an object whose values are texts, such as labels
 * - `[shape]`: a list
 * - an object: these fields. A field is required if its name ends with `!`
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
 * The first field with a wrong type, in words such as `spec.ports is a text, not a list`; undefined if all types are
 * right. As in the Kubernetes API, null counts as absent, so fields of the shape with null are removed from the value.
 */
export function faultIn(value: unknown, shape: Shape): string | undefined {
  const fault = findFault(value, shape);
  return fault && `${fault.path.replace(/^\./, '') || 'it'} is ${fault.what}`;
}

/** The path of a field, such as `.spec.ports[0]`, and its fault. */
interface Fault {
  readonly path: string;
  readonly what: string;
}

// Every answer of an API server is checked here. To save time, compute a path only if there is a fault.
function findFault(value: unknown, shape: Shape): Fault | undefined {
  if (shape === 'any') return undefined;
  if (typeof shape === 'string' && shape !== 'texts')
    return isOf(value, shape) ? undefined : wrong(value, words[shape]);
  if (isList(shape)) {
    if (!Array.isArray(value)) return wrong(value, 'a list');
    for (let index = 0; index < value.length; index++) {
      const fault = findFault(value[index], shape[0]);
      if (fault) return { ...fault, path: `[${index}]${fault.path}` };
    }
    return undefined;
  }
  if (!isRecord(value)) return wrong(value, 'an object');
  if (shape === 'texts') {
    for (const key in value) {
      const text = value[key];
      if (text === null) delete value[key];
      else if (typeof text !== 'string') return below(key, wrong(text, words.text));
    }
    return undefined;
  }
  for (const { key, isRequired, field } of fieldsOf(shape)) {
    const inner = value[key];
    if (inner === null) delete value[key];
    const fault = inner === undefined || inner === null ? isRequired && missing : findFault(inner, field);
    if (fault) return below(key, fault);
  }
  return undefined;
}

function below(key: string, fault: Fault): Fault {
  return { ...fault, path: `.${key}${fault.path}` };
}

const missing: Fault = { path: '', what: 'missing' };

function wrong(value: unknown, wanted: string): Fault {
  return { path: '', what: `${nameOf(value)}, not ${wanted}` };
}

const words = { text: 'a text', number: 'a number', boolean: 'true or false', port: 'a number or a name' } as const;

function isOf(value: unknown, shape: keyof typeof words): boolean {
  const type = typeof value;
  if (shape === 'port') return type === 'number' || type === 'string';
  return type === (shape === 'text' ? 'string' : shape);
}

interface Field {
  readonly key: string;
  readonly isRequired: boolean;
  readonly field: Shape;
}

const fields = new WeakMap<object, readonly Field[]>();

function fieldsOf(shape: Readonly<Record<string, Shape>>): readonly Field[] {
  const known = fields.get(shape);
  if (known) return known;
  const read = Object.entries(shape).map(([name, field]) => {
    const key = name.replace('!', '');
    return { key, isRequired: key !== name, field };
  });
  fields.set(shape, read);
  return read;
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'a text';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function isList(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}
