import {
  type Alias,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parse,
  Scalar,
  type YAMLMap,
} from 'yaml';
import { isRecord } from '../snapshot/is-record.ts';
import { contentOf, misplaced, parseSkyConfigText, type SkyConfigText } from './sky-config-text.ts';

/**
 * Sets one key of a configuration file of SkyPilot's to a text. Every byte outside the lines that change stays: comments,
 * order, quoting, anchors, line ends. The result is parsed again and differs from the file in that one key.
 *
 * @param keys from the root: `kubernetes`, `ports`
 * @returns the whole new text; the same text when the key has that value already
 * @throws UsageError with line and column: for no valid YAML, and where the key cannot be set without changing others
 */
export function setInSkyConfig(file: SkyConfigText, keys: readonly string[], value: string): string {
  const { text } = file;
  const parsed = parseSkyConfigText(file);
  const before = contentOf(file, parsed);
  const root = (parsed.document?.contents ?? null) as Node | null;
  const context: Edit = { text, root, keys, value, newline: newlineOf(text), step: indentStepOf(text, root) };
  if (valueAt(before, keys) === value && !isReadAsAnother(ownNodeAt(root, keys))) return text;
  const place = placeOf(context);
  if ('obstacle' in place) throw misplaced(file.path, text, place.offset, parsed.lines, place.obstacle);
  const wanted = canonical(withValue(before, keys, value));
  for (const splices of place.candidates) {
    const edited = spliced(text, splices);
    if (isAsWanted({ path: file.path, text: edited }, wanted)) return edited;
  }
  const why = `${keys.join('.')} cannot be set here without changing something else (an anchor or alias may share it)`;
  throw misplaced(file.path, text, place.offset, parsed.lines, why);
}

interface Edit {
  readonly text: string;
  readonly root: Node | null;
  readonly keys: readonly string[];
  readonly value: string;
  readonly newline: string;
  /** Blanks that each level of the file is indented by. */
  readonly step: number;
}

interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Where a key can be written, best first; or what is in the way. */
type Place =
  | { readonly offset: number; readonly candidates: readonly (readonly Splice[])[] }
  | { readonly offset: number; readonly obstacle: string };

/** Walks down as far as the keys go. */
function placeOf(edit: Edit): Place {
  const { root, keys, text } = edit;
  if (isEmpty(root)) return { offset: 0, candidates: [[atEndOfFile(edit)]] };
  let node: Node | null = root;
  let holder: Pair<Node, Node | null> | undefined;
  let parent: YAMLMap<Node, Node | null> | undefined;
  for (const [depth, key] of keys.entries()) {
    const rest = keys.slice(depth);
    const offset = holder ? startOf(holder.key) : 0;
    if (isMap<Node, Node | null>(node)) {
      const pair: Pair<Node, Node | null> | undefined = pairOf(node, key);
      if (!pair) return { offset: node.range![0], candidates: insertions(edit, node, rest) };
      [parent, holder, node] = [node, pair, pair.value];
      continue;
    }
    if (!holder || !parent) return { offset: 0, obstacle: 'this is no mapping' };
    if (isAlias(node)) return { offset, candidates: overAlias(edit, { parent, node, rest }) };
    if (isEmpty(node)) return { offset, candidates: [underEmpty(edit, { parent, holder, rest })] };
    if (isNullWord(node)) return { offset, candidates: [[replacing(node!, flowOf(rest, edit.value, false))]] };
    return { offset: startOf(holder.key), obstacle: `${keys.slice(0, depth).join('.')} is no mapping` };
  }
  const last = holder!;
  if (node && !isScalar(node) && !isAlias(node)) {
    return { offset: startOf(last.key), obstacle: `${keys.join('.')} is no text` };
  }
  return { offset: startOf(last.key), candidates: [[replacedValue(text, last, node, edit)]] };
}

/** The value that stands at a key itself, neither merged nor by an alias. */
function ownNodeAt(root: Node | null, keys: readonly string[]): Node | null {
  return keys.reduce<Node | null>(
    (node, key) => (isMap<Node, Node | null>(node) ? (pairOf(node, key)?.value ?? null) : null),
    root,
  );
}

/** Whether a text without quotes is a number, a date or a truth value to a reader of YAML 1.1. */
function isReadAsAnother(node: Node | null): boolean {
  if (!isScalar(node) || node.type !== Scalar.PLAIN) return false;
  return typeof parse(String(node.value), { version: '1.1' }) !== 'string';
}

function pairOf(map: YAMLMap<Node, Node | null>, key: string): Pair<Node, Node | null> | undefined {
  return map.items.find((item) => isScalar(item.key) && item.key.value === key);
}

function replacedValue(
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

/** Text between what stands at an offset, apart from both sides. */
function inserted(text: string, at: number, what: string): Splice {
  const before = /[\s[{]/.test(text[at - 1] ?? '\n') ? '' : ' ';
  const after = text[at] === '#' ? ' ' : '';
  return { from: at, to: at, text: `${before}${what}${after}` };
}

/** New keys in a mapping that is there: after its last one, or else before its first. */
function insertions(edit: Edit, map: YAMLMap<Node, Node | null>, rest: readonly string[]): Splice[][] {
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

/** `key:` without a value gets a mapping below it; inside braces, beside it. */
function underEmpty(
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

/** `key: *alias` becomes a mapping that merges the alias and has keys of its own. */
function overAlias(
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

function atEndOfFile(edit: Edit): Splice {
  const { text, keys, value, newline } = edit;
  const lines = blockOf(keys, value, 0, edit);
  const marker = /^\.\.\.(?=\s|$)/m.exec(text);
  const at = marker ? marker.index : text.length;
  const before = at === 0 || text[at - 1] === '\n' || text.slice(0, at) === '\ufeff' ? '' : newline;
  return { from: at, to: at, text: `${before}${lines.map((line) => `${line}${newline}`).join('')}` };
}

/** Whole lines after the one that an offset is in. */
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

function flowOf(keys: readonly string[], value: string, quoted: boolean): string {
  return `{${flowInside(keys, value, quoted)}}`;
}

function flowInside([key, ...rest]: readonly string[], value: string, quoted: boolean): string {
  const inner = rest.length > 0 ? flowOf(rest, value, quoted) : quoted ? JSON.stringify(value) : scalarText(value);
  return `${keyText(key!, quoted)}: ${inner}`;
}

/** Words that YAML 1.1, which PyYAML reads, takes for something else than text. */
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

const startOf = (node: Node): number => node.range![0];
const endOf = (node: Node): number => node.range![1];

/** Nothing stands there, not even a word for nothing. */
function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.range![0] === node.range![1]);
}

function isNullWord(node: Node | null): boolean {
  return isScalar(node) && node.type === Scalar.PLAIN && /^(?:~|null)$/i.test(String(node.value));
}

function replacing(node: Node, text: string): Splice {
  return { from: node.range![0], to: node.range![1], text };
}

/** Where the last thing of a node ends; a block scalar's before the blank lines that are none of it. */
function endOfLast(text: string, node: Node): number {
  const isFlow = 'flow' in node && node.flow === true;
  const last: unknown = isMap(node) || isSeq(node) ? node.items.at(-1) : undefined;
  if (last === undefined || last === null) return endOfScalar(text, node);
  if (!isPair<Node, Node | null>(last)) return isFlow ? endOf(last as Node) : endOfLast(text, last as Node);
  if (last.value === null) return endOf(last.key);
  return isFlow || isFlowNode(last.value) ? endOf(last.value) : endOfLast(text, last.value);
}

/** A block scalar that the file ends in, without a line's end: to PyYAML a line behind it would change its text. */
function isOpenEnded(text: string, node: Node): boolean {
  const last: unknown = isMap(node) || isSeq(node) ? node.items.at(-1) : node;
  const inner = isPair<Node, Node | null>(last) ? last.value : (last as Node);
  if (inner === null || text.endsWith('\n')) return false;
  return inner === node ? isBlockScalar(node) && endOf(node) === text.length : isOpenEnded(text, inner);
}

function isFlowNode(node: Node): boolean {
  return 'flow' in node && node.flow === true;
}

function endOfScalar(text: string, node: Node): number {
  const end = endOf(node);
  if (!isBlockScalar(node) || /^[^\n]*\+/.test(text.slice(startOf(node), end))) return end;
  return end - (/(?<=\n)(?:[ \t]*\r?\n)*$/.exec(text.slice(startOf(node), end))?.[0].length ?? 0);
}

function isBlockScalar(node: Node | null): boolean {
  return isScalar(node) && (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED);
}

function lineStart(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return start === 0 && text.startsWith('\ufeff') ? 1 : start;
}

/** The column of a key, also behind the marks of explicit keys: `? ` and `: `. */
function indentAt(text: string, offset: number): number {
  return /^[ ?:]*/.exec(text.slice(lineStart(text, offset), offset))![0].length;
}

/** How far the first nested mapping stands in; 2 where there is none. */
function indentStepOf(text: string, root: Node | null): number {
  if (!isMap<Node, Node | null>(root) || root.flow) return 2;
  for (const { key, value } of root.items) {
    if (!isMap<Node, Node | null>(value) || value.flow) continue;
    const step = indentAt(text, startOf(value.items[0]!.key)) - indentAt(text, startOf(key));
    if (step > 0) return step;
  }
  return 2;
}

function newlineOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}

function spliced(text: string, splices: readonly Splice[]): string {
  return splices
    .toReversed()
    .reduce((whole, each) => whole.slice(0, each.from) + each.text + whole.slice(each.to), text);
}

function isAsWanted(file: SkyConfigText, wanted: string): boolean {
  try {
    return canonical(contentOf(file, parseSkyConfigText(file))) === wanted;
  } catch {
    return false;
  }
}

function valueAt(content: unknown, keys: readonly string[]): unknown {
  return keys.reduce((value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined), content);
}

function withValue(content: unknown, [key, ...rest]: readonly string[], value: string): unknown {
  if (key === undefined) return value;
  const fields = isRecord(content) ? content : {};
  return { ...fields, [key]: withValue(Object.hasOwn(fields, key) ? fields[key] : undefined, rest, value) };
}

/** One text for equal contents: the order of keys is none of it. */
function canonical(content: unknown): string {
  return JSON.stringify(content, (_, value: unknown) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}
