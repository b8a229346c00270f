import { isMap, isPair, isScalar, isSeq, type Node, type Pair, Scalar, type YAMLMap } from 'yaml';

/** The offsets at which a node's own text starts and ends, without the text that follows the node. */
export const startOf = (node: Node): number => node.range![0];
export const endOf = (node: Node): number => node.range![1];

/** Whether a node has no text at all, not even `null`. */
export function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.range![0] === node.range![1]);
}

/** Whether a node is `~` or `null`. */
export function isNullWord(node: Node | null): boolean {
  return isScalar(node) && node.type === Scalar.PLAIN && /^(?:~|null)$/i.test(String(node.value));
}

/**
 * The offset at which the last item of a node ends. Blank lines after this item do not count, unless they belong to a
 * block scalar.
 */
export function endOfLast(text: string, node: Node): number {
  const isFlow = 'flow' in node && node.flow === true;
  const last: unknown = isMap(node) || isSeq(node) ? node.items.at(-1) : undefined;
  if (last === undefined || last === null) return endOfScalar(text, node);
  if (!isPair<Node, Node | null>(last)) return isFlow ? endOf(last as Node) : endOfLast(text, last as Node);
  if (last.value === null) return endOf(last.key);
  return isFlow || isFlowNode(last.value) ? endOf(last.value) : endOfLast(text, last.value);
}

/**
 * Whether the node ends in a block scalar at the end of the file, without a final newline. For PyYAML, a line after
 * this scalar would change the scalar's text.
 */
export function isOpenEnded(text: string, node: Node): boolean {
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

/** Whether a node is a block scalar, which begins with `|` or `>`. */
export function isBlockScalar(node: Node | null): boolean {
  return isScalar(node) && (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED);
}

/** The offset at which a line begins, for any offset in this line. A byte order mark does not belong to the line. */
export function lineStart(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return start === 0 && text.startsWith('\ufeff') ? 1 : start;
}

/** The column of a key. The indicators of explicit keys, `? ` and `: `, count as indentation. */
export function indentAt(text: string, offset: number): number {
  return /^[ ?:]*/.exec(text.slice(lineStart(text, offset), offset))![0].length;
}

/** The indentation of the first nested mapping; 2 if there are no nested mappings. */
export function indentStepOf(text: string, root: Node | null): number {
  if (!isMap<Node, Node | null>(root) || root.flow) return 2;
  for (const { key, value } of root.items) {
    if (!isMap<Node, Node | null>(value) || value.flow) continue;
    const step = indentAt(text, startOf(value.items[0]!.key)) - indentAt(text, startOf(key));
    if (step > 0) return step;
  }
  return 2;
}

/** The newline that a text uses. */
export function newlineOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}

/** The mapping's own entry for a key. Merge keys are not followed. */
export function pairOf(map: YAMLMap<Node, Node | null>, key: string): Pair<Node, Node | null> | undefined {
  return map.items.find((item) => isScalar(item.key) && item.key.value === key);
}
