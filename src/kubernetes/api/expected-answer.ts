import { command, cure } from '../../errors/cure.ts';
import { Failure } from '../../errors/failure.ts';
import { objectFault } from '../../snapshot/object-fault.ts';
import { collectionAt, namespaceOfCollection, type ResourceKind, resourceAt } from '../../snapshot/resource-paths.ts';
import { isRecord } from '../../snapshot/shape.ts';
import { topicOfKind } from '../../snapshot/topics.ts';
import type { Target } from '../kubeconfig/target.ts';

/** An answer that reports success but has the wrong content, for example from a gateway or a broken server. */
export class UnexpectedAnswerError extends Failure {
  override readonly name = 'UnexpectedAnswerError';
}

/** A successful answer and its request. */
export interface Answered {
  readonly method: string;
  /** The path with its query. */
  readonly path: string;
  /** The body of the answer, parsed from JSON. */
  readonly value: unknown;
  readonly text: string;
}

/** The parts of a list that this plugin reads. */
export interface ListPage {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items: readonly Record<string, unknown>[];
}

/**
 * Checks that an answer is a list: its `kind` ends in `List`, and `items` is an array of objects. For an empty list, an
 * API server sends `[]`. It sends `null` only for an empty list of metadata (tested with 1.37).
 *
 * @throws UnexpectedAnswerError for anything else
 */
export function listIn(answered: Answered, target: Target, metadataOnly = false): ListPage {
  const { value, path } = answered;
  const kind = collectionAt(path);
  if (!isRecord(value) || !isListKind(value.kind, kind, metadataOnly))
    throw unexpected(answered, target, kind ? `a ${kind}List` : 'a list');
  const { metadata = {} } = value;
  const items = value.items === null && value.kind === 'PartialObjectMetadataList' ? [] : value.items;
  const namespace = namespaceOfCollection(path);
  if (!Array.isArray(items) || !items.every((item) => isNamed(item, namespace))) {
    throw unexpected(answered, target, 'a list of objects');
  }
  const { resourceVersion, continue: token = undefined } = isRecord(metadata) ? metadata : {};
  // If the `continue` token is invalid, this must not count as the last page. Other pages would be missing.
  const hasToken = token === undefined || typeof token === 'string';
  if (!isRecord(metadata) || !hasToken) throw unexpected(answered, target, 'a list with metadata');
  return {
    items,
    metadata: { ...optionalText('resourceVersion', resourceVersion), ...optionalText('continue', token) },
  };
}

/**
 * Whether `found` is the kind of the requested list. If `kind` is undefined, every kind of list is accepted. A list of
 * metadata is accepted only if `metadataOnly` is true.
 */
function isListKind(found: unknown, kind: ResourceKind | undefined, metadataOnly: boolean): boolean {
  if (found === 'PartialObjectMetadataList') return metadataOnly;
  return kind === undefined ? typeof found === 'string' && found.endsWith('List') : found === `${kind}List`;
}

/**
 * Whether an object has a name and is in the requested namespace. If `namespace` is undefined, every namespace is
 * accepted.
 */
function isNamed(item: unknown, namespace: string | undefined): boolean {
  if (!isRecord(item) || !isRecord(item.metadata) || typeof item.metadata.name !== 'string') return false;
  return namespace === undefined || item.metadata.namespace === namespace;
}

function optionalText<K extends string>(key: K, value: unknown): { [P in K]?: string } {
  return (typeof value === 'string' ? { [key]: value } : {}) as { [P in K]?: string };
}

/** The object that a request is about. A field is undefined if the request does not contain it. */
export interface Meant {
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
  /** The uid; undefined if it is not known. */
  readonly uid?: string | undefined;
}

/** Parses the path of a request to find the object that it is about. */
export function meantBy(path: string): Meant {
  const at = resourceAt(path);
  return at ? { kind: at.kind satisfies ResourceKind, name: at.name, namespace: at.namespace } : {};
}

/**
 * Checks that an answer is the requested object: its kind, namespace, name and uid, as far as they are known. The
 * answer must also have the shape of its kind.
 *
 * @throws UnexpectedAnswerError for anything else
 */
export function objectIn(answered: Answered, meant: Meant, target: Target): Record<string, unknown> {
  const { value } = answered;
  if (!isRecord(value)) throw unexpected(answered, target, 'an object');
  const topic = meant.kind === undefined ? undefined : topicOfKind(meant.kind);
  const isReadable = topic === undefined || objectFault(topic, value) === undefined;
  if (!isMeant(value, meant) || !isReadable) throw unexpected(answered, target, wordsOf(meant));
  return value;
}

function isMeant(value: Record<string, unknown>, { kind, name, namespace, uid }: Meant): boolean {
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  const isSame = (wanted: string | undefined, found: unknown) => wanted === undefined || wanted === found;
  return (
    isSame(kind, value.kind) &&
    isSame(name, metadata.name) &&
    isSame(namespace, metadata.namespace) &&
    isSame(uid, metadata.uid)
  );
}

/**
 * Checks that an answer confirms a DELETE. The answer is the deleted object, or a Status with `Success`. The Status
 * must not name another object.
 *
 * @throws UnexpectedAnswerError for anything else
 */
export function removalIn(answered: Answered, meant: Meant, target: Target): void {
  const { value } = answered;
  if (isRecord(value) && value.kind === 'Status' && value.status === 'Success') {
    const { name, uid } = isRecord(value.details) ? value.details : {};
    const isOther = (wanted: string | undefined, found: unknown) =>
      wanted !== undefined && found !== undefined && wanted !== found;
    if (!isOther(meant.name, name) && !isOther(meant.uid, uid)) return;
  } else if (isRecord(value) && isMeant(value, meant)) return;
  throw unexpected(answered, target, `the deletion of ${wordsOf(meant)}`);
}

function wordsOf({ kind, namespace, name }: Meant): string {
  const called = [namespace, name].filter(Boolean).join('/');
  return [kind ?? 'the object', called].filter(Boolean).join(' ');
}

/** How many characters of an unexpected answer a message shows. They are enough to recognize who sent it. */
const shownCharacters = 200;

/**
 * The error for an answer with the wrong content.
 *
 * @param wanted the expected content, in words
 */
export function unexpected(
  { method, path, text }: Omit<Answered, 'value'>,
  target: Target,
  wanted: string,
): UnexpectedAnswerError {
  // An answer about a Secret may contain its data.
  const isSecret = resourceAt(path)?.kind === 'Secret' && text !== '';
  const words = isSecret ? 'an answer that is hidden here' : text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  const shown = words.length > shownCharacters ? `${words.slice(0, shownCharacters)}…` : words;
  const request = `${method} ${path.replace(/\?.*$/s, '')}`;
  return new UnexpectedAnswerError(
    'unexpected-answer',
    `unexpected response from the server: ${target.server} (${target.origin}) answered ${request} with ${shown === '' ? 'nothing' : shown} instead of ${wanted}`,
    [cure(command`kubectl config view --minify ${target.kubectlFlags}`, 'shows whether this is an API server')],
  );
}
