/** One step of a path. It is applied to each value that the earlier steps found. */
type Step =
  | { readonly is: 'fields'; readonly names: readonly string[] }
  | { readonly is: 'elements'; readonly slices: readonly Slice[] }
  | { readonly is: 'children' }
  | { readonly is: 'descendants' }
  | { readonly is: 'filter'; readonly left: Query; readonly operator?: Operator; readonly right?: Operand };

interface Slice {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly by: number;
}

type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=';
type Operand = { readonly literal: unknown } | { readonly query: Query };

/** A parsed path. */
export type Query = readonly Step[];

/**
 * Parses one path as kubectl does (kubernetes.io/docs/reference/kubectl/jsonpath, client-go util/jsonpath): fields,
 * `[*]`, indexes and slices from both ends, unions, `..`, and filters with a comparison. jsonpath-plus is not used: its
 * paths differ from kubectl's, and can run code.
 *
 * @throws Error if the path cannot be parsed; its message contains the wrong part
 */
export function parseQuery(path: string): Query {
  const steps: Step[] = [];
  let rest = path.replace(/^[@$]/, '');
  while (rest !== '' && rest !== '.') {
    const [text, step] = nextStep(rest);
    if (step) steps.push(step);
    rest = rest.slice(text.length);
  }
  return steps;
}

function nextStep(rest: string): [text: string, step: Step | undefined] {
  const recursive = /^\.\.(?=[^.])/.exec(rest);
  // `..name` has two steps: first all descendants, then the field.
  if (recursive) return [rest[2] === '[' ? '..' : '.', { is: 'descendants' }];
  const wildcard = /^\.\*|^\[\s*\*\s*\]/.exec(rest);
  if (wildcard) return [wildcard[0], { is: 'children' }];
  const field = /^\.((?:\\.|[^\\.[\s()])+)/.exec(rest);
  if (field) return [field[0], { is: 'fields', names: [field[1]!.replace(/\\(.)/g, '$1')] }];
  // A dot before a bracket has no effect.
  if (rest.startsWith('.[')) return ['.', undefined];
  const filter = /^\[\s*\?\(((?:'[^']*'|"[^"]*"|[^'")])*)\)\s*\]/.exec(rest);
  if (filter) return [filter[0], parseFilter(filter[1]!)];
  const bracket = /^\[((?:'[^']*'|"[^"]*"|[^'"\]])*)\]/.exec(rest);
  if (bracket) return [bracket[0], parseBracket(bracket[1]!)];
  throw new Error(`"${rest}" is not a step of a path`);
}

function parseBracket(text: string): Step {
  const parts = text.split(/,(?=(?:[^']*'[^']*')*[^']*$)(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((part) => part.trim());
  if (parts.every((part) => /^(['"]).*\1$/.test(part))) {
    return { is: 'fields', names: parts.map((part) => part.slice(1, -1)) };
  }
  return { is: 'elements', slices: parts.map(parseSlice) };
}

function parseSlice(text: string): Slice {
  const index = /^-?\d+$/.test(text) ? Number(text) : undefined;
  // -1 means the last element. A slice from -1 has no end.
  if (index !== undefined) return { from: index, to: index === -1 ? undefined : index + 1, by: 1 };
  const [, from, to, by] = /^(-?\d*):(-?\d*)(?::(\d+))?$/.exec(text) ?? [];
  if (from === undefined || to === undefined || by === '0') throw new Error(`"[${text}]" is not an index`);
  const numberOf = (part: string) => (part === '' ? undefined : Number(part));
  return { from: numberOf(from), to: numberOf(to), by: Number(by ?? 1) };
}

function parseFilter(text: string): Step {
  const match = /^((?:'[^']*'|"[^"]*"|[^'"=!<>])+?)\s*(?:(==|!=|<=|>=|<|>)\s*(.+))?$/.exec(text.trim());
  if (!match?.[1]?.startsWith('@')) throw new Error(`"?(${text})" is not a filter`);
  const left = parseQuery(match[1]);
  if (match[2] === undefined) return { is: 'filter', left };
  return { is: 'filter', left, operator: match[2] as Operator, right: parseOperand(match[3]!.trim()) };
}

function parseOperand(text: string): Operand {
  if (/^[@$]/.test(text)) return { query: parseQuery(text) };
  if (/^'[^']*'$/.test(text)) return { literal: text.slice(1, -1) };
  if (/^("[^"]*"|-?\d+(\.\d+)?|true|false|null)$/.test(text)) return { literal: JSON.parse(text) };
  throw new Error(`"${text}" is not a value to compare with`);
}

/** The values that a path finds, in the order of the document. Missing fields are skipped. */
export function evaluate(query: Query, value: unknown): unknown[] {
  return query.reduce<unknown[]>((found, step) => found.flatMap((each) => taken(step, each)), [value]);
}

function taken(step: Step, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  switch (step.is) {
    case 'fields':
      if (Array.isArray(value)) return [];
      return step.names.flatMap((name) =>
        Object.hasOwn(value, name) ? [(value as Record<string, unknown>)[name]] : [],
      );
    case 'elements':
      return Array.isArray(value) ? step.slices.flatMap((slice) => sliced(value, slice)) : [];
    case 'children':
      return Object.values(value);
    case 'descendants':
      return [value, ...Object.values(value).flatMap((child) => taken(step, child))];
    case 'filter':
      return Array.isArray(value) ? value.filter((each) => passes(step, each)) : [];
  }
}

function sliced(items: readonly unknown[], { from, to, by }: Slice): unknown[] {
  return items.slice(from ?? 0, to).filter((_, index) => index % by === 0);
}

function passes({ left, operator, right }: Extract<Step, { is: 'filter' }>, value: unknown): boolean {
  const found = evaluate(left, value);
  if (!operator || !right) return found.length > 0;
  const other = 'literal' in right ? [right.literal] : evaluate(right.query, value);
  return found.length === 1 && other.length === 1 && compares(found[0], operator, other[0]);
}

function compares(a: unknown, operator: Operator, b: unknown): boolean {
  if (operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  const comparable =
    (typeof a === 'number' && typeof b === 'number') || (typeof a === 'string' && typeof b === 'string');
  if (!comparable) return false;
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
}
