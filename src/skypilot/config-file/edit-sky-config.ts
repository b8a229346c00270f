import { isAlias, isMap, isScalar, type Node, type Pair, parse, Scalar, type YAMLMap } from 'yaml';
import { isRecord } from '../../snapshot/shape.ts';
import { contentOf, parseSkyConfigText, type SkyConfigText, yamlErrorAt } from './sky-config-text.ts';
import { indentStepOf, isEmpty, isNullWord, newlineOf, pairOf, startOf } from './yaml-places.ts';
import {
  atEndOfFile,
  type Edit,
  flowOf,
  insertions,
  overAlias,
  replacedValue,
  replacing,
  type Splice,
  spliced,
  underEmpty,
} from './yaml-splices.ts';

/**
 * Sets one key of a SkyPilot configuration file to a text. Only the lines of this key change. Comments, order, quotes,
 * anchors and line ends of the other lines stay. The result is parsed to make sure that no other key has changed.
 *
 * @param keys the path of the key from the root: `kubernetes`, `ports`
 * @returns the whole new text; the same text if the key already has that value
 * @throws UsageError for invalid YAML, and for a key that cannot be set without other changes; its message contains the
 * line and the column
 */
export function setInSkyConfig(file: SkyConfigText, keys: readonly string[], value: string): string {
  const { text } = file;
  const parsed = parseSkyConfigText(file);
  const before = contentOf(file, parsed);
  const root = (parsed.document?.contents ?? null) as Node | null;
  const context: Edit = { text, root, keys, value, newline: newlineOf(text), step: indentStepOf(text, root) };
  if (valueAt(before, keys) === value && !isReadAsAnother(ownNodeAt(root, keys))) return text;
  const place = placeOf(context);
  if ('obstacle' in place) throw yamlErrorAt(file.path, text, place.offset, parsed.lines, place.obstacle);
  const wanted = canonical(withValue(before, keys, value));
  for (const splices of place.candidates) {
    const edited = spliced(text, splices);
    if (isAsWanted({ path: file.path, text: edited }, wanted)) return edited;
  }
  const why = `${keys.join('.')} cannot be set here without changing something else (an anchor or alias may share it)`;
  throw yamlErrorAt(file.path, text, place.offset, parsed.lines, why);
}

/** Edits with which a key can be set, the best first; or an obstacle, if no edit is possible. */
type Place =
  | { readonly offset: number; readonly candidates: readonly (readonly Splice[])[] }
  | { readonly offset: number; readonly obstacle: string };

/** Follows the keys from the root as far as they exist. Returns the edits that add the other keys. */
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
    if (!holder || !parent) return { offset: 0, obstacle: 'this is not a mapping' };
    if (isAlias(node)) return { offset, candidates: overAlias(edit, { parent, node, rest }) };
    if (isEmpty(node)) return { offset, candidates: [underEmpty(edit, { parent, holder, rest })] };
    if (isNullWord(node)) return { offset, candidates: [[replacing(node!, flowOf(rest, edit.value, false))]] };
    return { offset: startOf(holder.key), obstacle: `${keys.slice(0, depth).join('.')} is not a mapping` };
  }
  const last = holder!;
  if (node && !isScalar(node) && !isAlias(node)) {
    return { offset: startOf(last.key), obstacle: `${keys.join('.')} is not a text` };
  }
  return { offset: startOf(last.key), candidates: [[replacedValue(text, last, node, edit)]] };
}

/** The node of a key that is written in the mapping itself. Merge keys and aliases are not followed. */
function ownNodeAt(root: Node | null, keys: readonly string[]): Node | null {
  return keys.reduce<Node | null>(
    (node, key) => (isMap<Node, Node | null>(node) ? (pairOf(node, key)?.value ?? null) : null),
    root,
  );
}

/** Whether YAML 1.1 reads a text without quotes as another type, such as a number, a date or a boolean. */
function isReadAsAnother(node: Node | null): boolean {
  if (!isScalar(node) || node.type !== Scalar.PLAIN) return false;
  return typeof parse(String(node.value), { version: '1.1' }) !== 'string';
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

/** The content as JSON with sorted keys. Equal contents have the same text. */
function canonical(content: unknown): string {
  return JSON.stringify(content, (_, value: unknown) =>
    isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}
