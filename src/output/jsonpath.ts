import { command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import { escapeCharacter, unescaped } from './json.ts';
import { evaluate, parseQuery, type Query } from './jsonpath-query.ts';
import { terminalText } from './terminal-text.ts';

type Part =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'path'; readonly query: Query }
  | { readonly is: 'range'; readonly query: Query; readonly body: readonly Part[] };

/**
 * Renders a kubectl JSONPath template: text outside braces, `{.path}`, `{"text"}`, `{range .path}…{end}`
 * (kubernetes.io/docs/reference/kubectl/jsonpath). A template without braces is one path, as in kubectl's --sort-by.
 * The text of the template is printed unchanged. In values from the cluster, control characters are escaped.
 *
 * @throws UsageError for a template that cannot be parsed
 */
export function renderJsonPath(template: string, value: object): string {
  return render(partsOf(template), value);
}

/**
 * Checks a template before the first request.
 *
 * @throws UsageError if it cannot be parsed
 */
export function checkJsonPath(template: string): void {
  partsOf(template);
}

function partsOf(template: string): Part[] {
  if (template === '') throw unreadable(template, 'it is empty');
  return parse(template.includes('{') ? template : `{${template.replace(/^(?=\w)/, '.')}}`);
}

function render(parts: readonly Part[], value: unknown): string {
  return parts
    .map((part) => {
      if (part.is === 'text') return part.text;
      const found = evaluate(part.query, value);
      if (part.is === 'range') return found.map((item) => render(part.body, item)).join('');
      return found.map(textOf).join(' ');
    })
    .join('');
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return terminalText(value);
  return JSON.stringify(value).replace(unescaped, escapeCharacter);
}

function queryOf(path: string, template: string): Query {
  try {
    return parseQuery(path);
  } catch (error) {
    throw unreadable(template, (error as Error).message);
  }
}

function parse(template: string): Part[] {
  const bodies: Part[][] = [[]];
  const ranges: Query[] = [];
  for (const { braced, text } of tokens(template)) {
    const body = bodies.at(-1)!;
    const range = braced ? /^range\s+(.+)$/.exec(text) : undefined;
    if (!braced) body.push({ is: 'text', text });
    else if (/^(["']).*\1$/s.test(text)) body.push({ is: 'text', text: unquoted(text) });
    else if (range) {
      ranges.push(queryOf(range[1]!, template));
      bodies.push([]);
    } else if (text === 'end') {
      const query = ranges.pop();
      if (query === undefined) throw unreadable(template, '{end} without {range}');
      const inner = bodies.pop()!;
      bodies.at(-1)!.push({ is: 'range', query, body: inner });
    } else if (/^([.@$[]|$)/.test(text)) body.push({ is: 'path', query: queryOf(text, template) });
    else throw unreadable(template, `"${text}" is neither a path nor a quoted text`);
  }
  if (ranges.length > 0) throw unreadable(template, '{range} without {end}');
  return bodies[0]!;
}

/** Splits a template into plain text and the contents of braces. Braces inside quotes count as text. */
function* tokens(template: string): Generator<{ braced: boolean; text: string }> {
  const pattern = /([^{]+)|\{((?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^}"'])*)\}/gy;
  while (pattern.lastIndex < template.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(template);
    if (!match) throw unreadable(template, `the brace at character ${at + 1} is not closed`);
    yield match[1] === undefined ? { braced: true, text: match[2]!.trim() } : { braced: false, text: match[1] };
  }
}

function unquoted(text: string): string {
  const inner = text
    .slice(1, -1)
    .replace(/\\'/g, "'")
    .replace(/(?<!\\)"/g, '\\"');
  try {
    return JSON.parse(`"${inner}"`);
  } catch {
    throw unreadable(text, 'its escapes are not those of JSON');
  }
}

function unreadable(template: string, why: string): UsageError {
  return new UsageError('invalid-jsonpath', `JSONPath template ${template} cannot be read: ${why}`, [
    cure(command`kubectl skyports endpoints -o ${'jsonpath={.items[*].url}'}`, 'uses a valid template'),
  ]);
}
