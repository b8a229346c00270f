import { JSONPath } from 'jsonpath-plus';
import { UsageError } from '../errors/usage-error.ts';

type Part =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'path'; readonly path: string }
  | { readonly is: 'range'; readonly path: string; readonly body: readonly Part[] };

/**
 * Renders a kubectl JSONPath template: text outside braces as it is, `{.path}`, `{"text"}`, `{range .path}…{end}`
 * (kubernetes.io/docs/reference/kubectl/jsonpath). Without any brace the whole is one path, as kubectl relaxes it.
 *
 * @throws UsageError for a template that cannot be read
 */
export function renderJsonPath(template: string, value: object): string {
  return render(partsOf(template), value);
}

/** Whether a template can be read, before anything is asked of a server. @throws UsageError */
export function checkJsonPath(template: string): void {
  render(partsOf(template), {});
}

function partsOf(template: string): Part[] {
  return parse(template.includes('{') ? template : `{${template}}`);
}

function render(parts: readonly Part[], value: unknown): string {
  return parts
    .map((part) => {
      if (part.is === 'text') return part.text;
      const found = evaluate(part.path, value);
      if (part.is === 'range') return found.map((item) => render(part.body, item)).join('');
      return found.map(textOf).join(' ');
    })
    .join('');
}

function evaluate(path: string, value: unknown): unknown[] {
  try {
    return JSONPath({ path: path.replace(/^[@$]?/, '$'), json: value as object, wrap: true, eval: 'safe' }) ?? [];
  } catch (error) {
    throw unreadable(path, (error as Error).message);
  }
}

function textOf(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function parse(template: string): Part[] {
  const bodies: Part[][] = [[]];
  const ranges: string[] = [];
  for (const { braced, text } of tokens(template)) {
    const body = bodies.at(-1)!;
    const range = braced ? /^range\s+(.+)$/.exec(text) : undefined;
    if (!braced) body.push({ is: 'text', text });
    else if (/^(["']).*\1$/s.test(text)) body.push({ is: 'text', text: unquoted(text) });
    else if (range) {
      ranges.push(range[1]!);
      bodies.push([]);
    } else if (text === 'end') {
      const path = ranges.pop();
      if (path === undefined) throw unreadable(template, '{end} without {range}');
      const inner = bodies.pop()!;
      bodies.at(-1)!.push({ is: 'range', path, body: inner });
    } else if (/^[.@$[]/.test(text)) body.push({ is: 'path', path: text.startsWith('[') ? `$${text}` : text });
    else throw unreadable(template, `"${text}" is neither a path nor a quoted text`);
  }
  if (ranges.length > 0) throw unreadable(template, '{range} without {end}');
  return bodies[0]!;
}

/** Cuts a template into plain text and what stands in braces; quotes hide braces. */
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
  return new UsageError(
    `JSONPath template ${template} cannot be read: ${why}`,
    "write it like -o jsonpath='{.items[*].url}'",
  );
}
