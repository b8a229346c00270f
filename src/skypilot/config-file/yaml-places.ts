import { isMap, isPair, isScalar, isSeq, type Node, type Pair, Scalar, type YAMLMap } from 'yaml';

/**
 * Where the text of a node starts and where it ends, as offsets. Blank lines and comments after the node do not count.
 */
export const startOf = (node: Node): number => node.range![0];
export const endOf = (node: Node): number => node.range![1];

/** Whether a node has no text at all. The text `null` counts as text. */
export function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.range![0] === node.range![1]);
}

/** Whether a node is `~` or `null`. */
export function isNullWord(node: Node | null): boolean {
  return isScalar(node) && node.type === Scalar.PLAIN && /^(?:~|null)$/i.test(String(node.value));
}

/** The offset where the last item of a node ends. Blank lines after it count only if they belong to a block scalar. */
export function endOfLast(text: string, node: Node): number {
  const isFlow = 'flow' in node && node.flow === true;
  const last: unknown = isMap(node) || isSeq(node) ? node.items.at(-1) : undefined;
  if (last === undefined || last === null) return endOfScalar(text, node);
  if (!isPair<Node, Node | null>(last)) return isFlow ? endOf(last as Node) : endOfLast(text, last as Node);
  if (last.value === null) return endOf(last.key);
  return isFlow || isFlowNode(last.value) ? endOf(last.value) : endOfLast(text, last.value);
}

/**
 * Whether the file ends with a block scalar of this node, and without a newline. If a line were added after the scalar,
 * PyYAML would add a newline to its text.
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

/** The offset where the line of `offset` begins. A byte order mark does not belong to the line. */
export function lineStart(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return start === 0 && text.startsWith('\ufeff') ? 1 : start;
}

/** The column of a key. The characters `? ` and `: ` before an explicit key count as indentation. */
export function indentAt(text: string, offset: number): number {
  return /^[ ?:]*/.exec(text.slice(lineStart(text, offset), offset))![0].length;
}

/** The indentation of the first nested mapping. If there is none, 2. */
export function indentStepOf(text: string, root: Node | null): number {
  if (!isMap<Node, Node | null>(root) || root.flow) return 2;
  for (const { key, value } of root.items) {
    if (!isMap<Node, Node | null>(value) || value.flow) continue;
    const step = indentAt(text, startOf(value.items[0]!.key)) - indentAt(text, startOf(key));
    if (step > 0) return step;
  }
  return 2;
}

/** The newline characters that a text uses: LF or CRLF. */
export function newlineOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}

/** The entry for a key that is written in the mapping itself. Merge keys are not followed. */
export function pairOf(map: YAMLMap<Node, Node | null>, key: string): Pair<Node, Node | null> | undefined {
  return map.items.find((item) => isScalar(item.key) && item.key.value === key);
}
