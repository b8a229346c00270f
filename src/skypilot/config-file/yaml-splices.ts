import { type Alias, isScalar, type Node, type Pair, Scalar, type YAMLMap } from 'yaml';
import { endOf, endOfLast, indentAt, isBlockScalar, isEmpty, isOpenEnded, lineStart, startOf } from './yaml-places.ts';

/** A key to set, its new value, and the file to change. */
export interface Edit {
  readonly text: string;
  readonly root: Node | null;
  readonly keys: readonly string[];
  readonly value: string;
  readonly newline: string;
  /** The number of spaces for each level of indentation. */
  readonly step: number;
}

/** A text that replaces everything between two offsets. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Replaces the value of a key. If possible, the new value has the same quotes as the old one. */
export function replacedValue(
  text: string,
  { key, value: node }: Pair<Node, Node | null>,
  scalar: Node | null,
  { value, newline }: Edit,
): Splice {
  if (!node) return { from: endOf(key), to: endOf(key), text: `: ${scalarText(value)}` };
  if (isEmpty(scalar)) return inserted(text, node.range![0], scalarText(value));
  const [from, to] = node.range!;
  const style = isScalar(node) ? node.type : undefined;
  if (isBlockScalar(node)) {
    return { from, to, text: `${scalarText(value)}${text[to - 1] === '\n' ? newline : ''}` };
  }
  if (style === Scalar.QUOTE_DOUBLE) return { from, to, text: JSON.stringify(value) };
  if (style === Scalar.QUOTE_SINGLE && isPrintable(value)) {
    return { from, to, text: `'${value.replaceAll("'", "''")}'` };
  }
  return { from, to, text: scalarText(value) };
}

/** Inserts a text at an offset. Adds spaces before and after the text if they are needed. */
function inserted(text: string, at: number, what: string): Splice {
  const before = /[\s[{]/.test(text[at - 1] ?? '\n') ? '' : ' ';
  const after = text[at] === '#' ? ' ' : '';
  return { from: at, to: at, text: `${before}${what}${after}` };
}

/** Two ways to insert new keys into an existing mapping: after its last key, and before its first key. */
export function insertions(edit: Edit, map: YAMLMap<Node, Node | null>, rest: readonly string[]): Splice[][] {
  const { text, value } = edit;
  const [first] = map.items;
  const quoted = isScalar(first?.key) && first.key.type === Scalar.QUOTE_DOUBLE;
  if (map.flow) {
    if (!first) return [[replacing(map, flowOf(rest, value, quoted))]];
    const at = endOfLast(text, map);
    return [[{ from: at, to: at, text: `, ${flowInside(rest, value, quoted)}` }]];
  }
  const indent = indentAt(text, startOf(first!.key));
  const lines = blockOf(rest, value, indent, edit);
  const start = lineStart(text, startOf(first!.key));
  const before = { from: start, to: start, text: lines.map((line) => `${line}${edit.newline}`).join('') };
  if (isOpenEnded(text, map)) return [[before]];
  return [[afterLine(edit, endOfLast(text, map), lines)], [before]];
}

/**
 * Inserts a mapping after a `key:` without a value. Inside braces, it goes on the same line. Otherwise, it goes on the
 * lines below.
 */
export function underEmpty(
  edit: Edit,
  {
    parent,
    holder,
    rest,
  }: { parent: YAMLMap<Node, Node | null>; holder: Pair<Node, Node | null>; rest: readonly string[] },
): Splice[] {
  const { text, value, step } = edit;
  const { value: node } = holder;
  if (parent.flow) {
    const at = node ? node.range![0] : endOf(holder.key);
    const flow = flowOf(rest, value, false);
    return [node ? inserted(text, at, flow) : { from: at, to: at, text: `: ${flow}` }];
  }
  const indent = indentAt(text, startOf(holder.key)) + step;
  return [afterLine(edit, node ? node.range![0] : endOf(holder.key), blockOf(rest, value, indent, edit))];
}

/** Replaces `key: *alias` by a mapping with new keys that also merges the alias (`<<: *alias`). */
export function overAlias(
  edit: Edit,
  { parent, node, rest }: { parent: YAMLMap<Node, Node | null>; node: Alias; rest: readonly string[] },
): Splice[][] {
  const { text, value, step } = edit;
  const [from, to] = node.range!;
  if (parent.flow) {
    return [[{ from, to, text: `{<<: ${text.slice(from, to)} , ${flowInside(rest, value, false)}}` }]];
  }
  const indent = indentAt(text, from) + step;
  const lines = [`${' '.repeat(indent)}<<: ${text.slice(from, to)}`, ...blockOf(rest, value, indent, edit)];
  const followed = /^[ \t]*#/.test(text.slice(to));
  const blank = followed ? from : from - /[ \t]*$/.exec(text.slice(0, from))![0].length;
  return [[{ from: blank, to, text: '' }, afterLine(edit, to, lines)]];
}

/** Adds all keys at the end of a file that has no content. */
export function atEndOfFile(edit: Edit): Splice {
  const { text, keys, value, newline } = edit;
  const lines = blockOf(keys, value, 0, edit);
  const marker = /^\.\.\.(?=\s|$)/m.exec(text);
  const at = marker ? marker.index : text.length;
  const before = at === 0 || text[at - 1] === '\n' || text.slice(0, at) === '\ufeff' ? '' : newline;
  return { from: at, to: at, text: `${before}${lines.map((line) => `${line}${newline}`).join('')}` };
}

/** Inserts whole lines after the line that contains an offset. */
function afterLine({ text, newline }: Edit, offset: number, lines: readonly string[]): Splice {
  const own = lines.map((line) => `${line}${newline}`).join('');
  if (text[offset - 1] === '\n') return { from: offset, to: offset, text: own };
  const end = text.indexOf('\n', offset);
  if (end !== -1) return { from: end + 1, to: end + 1, text: own };
  return { from: text.length, to: text.length, text: `${newline}${lines.join(newline)}` };
}

function blockOf(keys: readonly string[], value: string, indent: number, { step }: Edit): string[] {
  return keys.map((key, depth) => {
    const tail = depth === keys.length - 1 ? ` ${scalarText(value)}` : '';
    return `${' '.repeat(indent + depth * step)}${keyText(key, false)}:${tail}`;
  });
}

/** Nested keys and the value, in braces: `{ports: ingress}`. */
export function flowOf(keys: readonly string[], value: string, quoted: boolean): string {
  return `{${flowInside(keys, value, quoted)}}`;
}

function flowInside([key, ...rest]: readonly string[], value: string, quoted: boolean): string {
  const inner = rest.length > 0 ? flowOf(rest, value, quoted) : quoted ? JSON.stringify(value) : scalarText(value);
  return `${keyText(key!, quoted)}: ${inner}`;
}

/** Words that YAML 1.1 does not read as text, such as `yes`. PyYAML uses YAML 1.1. */
const reserved = /^(?:y|n|yes|no|on|off|true|false|null|inf|nan)$/i;
const plain = /^[A-Za-z][\w./-]*$/;

function scalarText(value: string): string {
  return plain.test(value) && !reserved.test(value) ? value : JSON.stringify(value);
}

function keyText(key: string, quoted: boolean): string {
  return quoted ? JSON.stringify(key) : scalarText(key);
}

function isPrintable(value: string): boolean {
  return /^[\x20-\x7e]*$/.test(value);
}

/** Replaces a node by a text. */
export function replacing(node: Node, text: string): Splice {
  return { from: node.range![0], to: node.range![1], text };
}

/**
 * Applies splices to a text.
 *
 * @param splices in the order of their offsets
 */
export function spliced(text: string, splices: readonly Splice[]): string {
  return splices
    .toReversed()
    .reduce((whole, each) => whole.slice(0, each.from) + each.text + whole.slice(each.to), text);
}
