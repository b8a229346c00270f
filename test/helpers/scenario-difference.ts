import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../../src/snapshot/shape.ts';
import { allTopics } from '../../src/snapshot/topics.ts';
import type { Json } from './cluster.ts';

/** What a scenario says beside its base. test/scenarios/README.md has the format. */
export interface Difference {
  /** Fields of the dump's metadata that have another value. */
  readonly metadata?: Json;
  /** By topic: null (the dump has no such topic), a Status, a list of all items, or objects by their keys. */
  readonly topics?: Readonly<Record<string, Json>>;
}

/** A base with a difference applied: the dump that the doctor is given. @throws Error for what cannot be applied */
export function withDifference(base: Json, { metadata, topics = {}, ...rest }: Difference): Json {
  for (const field of Object.keys(rest)) throw new Error(`a scenario with a base has no field ${field}`);
  const changed: Json = { ...base.topics };
  for (const [topic, change] of Object.entries(topics)) {
    if (!(allTopics as readonly string[]).includes(topic)) throw new Error(`there is no topic ${topic}`);
    changed[topic] = withTopic(topic, base.topics[topic], change);
  }
  const present = allTopics.filter((topic) => changed[topic]);
  return {
    ...base,
    metadata: { ...base.metadata, ...metadata },
    topics: Object.fromEntries(present.map((topic) => [topic, changed[topic]])),
  };
}

function withTopic(topic: string, base: Json | undefined, change: Json): Json {
  if (change === null || isStatus(change)) return change;
  if (Array.isArray(change)) return { kind: 'List', items: change };
  const items = byKey(base);
  for (const [key, patch] of Object.entries(change)) {
    if (patch === null) items.delete(key);
    else items.set(key, withPatch(items.get(key) ?? newObject(topic, key), patch));
  }
  return { kind: 'List', items: [...items.values()] };
}

/** A JSON merge patch (RFC 7386): objects are merged, null removes a field, all else replaces. */
export function withPatch(base: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged: Json = isRecord(base) ? { ...base } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete merged[field];
    else merged[field] = withPatch(merged[field], value);
  }
  return merged;
}

/** @throws Error when two objects of the topic have the same key */
function byKey(topic: Json | undefined): Map<string, Json> {
  const items = new Map<string, Json>();
  for (const item of topic?.items ?? []) {
    const key = keyOf(item);
    if (items.has(key)) throw new Error(`two objects have the key ${key}: list all items of the topic`);
    items.set(key, item);
  }
  return items;
}

/** `NAMESPACE/NAME`; an access review goes by its verb and resource, such as `default/create services`. */
function keyOf({ metadata, spec }: Json): string {
  const { verb, resource, namespace } = spec?.resourceAttributes ?? {};
  const about = verb ? { name: `${verb} ${resource}`, namespace } : metadata;
  if (!about?.name) throw new Error('an item of the topic has no name: list all items of the topic');
  return about.namespace ? `${about.namespace}/${about.name}` : about.name;
}

/** @throws Error for an access review, whose key does not say all of it */
function newObject(topic: string, key: string): Json {
  if (topic === 'accessReviews') throw new Error(`the base has no access review ${key}: list all items of the topic`);
  const [name, namespace] = key.split('/').reverse();
  return { metadata: { name, ...(namespace && { namespace }) } };
}

/** Paths of what a difference says although its base has it already. */
export function repeatsIn({ metadata = {}, topics = {} }: Difference, base: Json): string[] {
  const ofMetadata = Object.keys(metadata).filter((field) => metadata[field] === base.metadata[field]);
  return [
    ...ofMetadata.map((field) => `metadata.${field}`),
    ...Object.entries(topics).flatMap(([topic, change]) => topicRepeats(topic, base.topics[topic], change)),
  ];
}

function topicRepeats(topic: string, base: Json | undefined, change: Json): string[] {
  if (change === null) return base ? [] : [topic];
  if (isStatus(change)) return isDeepStrictEqual(change, base) ? [topic] : [];
  if (Array.isArray(change)) {
    if (change.length === 0) return base?.items?.length === 0 ? [topic] : [];
    return change.flatMap((item, at) =>
      base?.items?.some((each: Json) => isDeepStrictEqual(each, item)) ? [`${topic}[${at}]`] : [],
    );
  }
  const items = byKey(base);
  if (Object.keys(change).length === 0) return [topic];
  return Object.entries(change).flatMap(([key, patch]) => repeats(`${topic}.${key}`, items.get(key), patch));
}

function repeats(path: string, base: unknown, patch: unknown): string[] {
  if (patch === null) return base === undefined ? [path] : [];
  if (!isRecord(patch) || !isRecord(base)) return isDeepStrictEqual(base, patch) ? [path] : [];
  const fields = Object.entries(patch);
  if (fields.length === 0) return [path];
  return fields.flatMap(([field, value]) => repeats(`${path}.${field}`, base[field], value));
}

function isStatus(change: Json): boolean {
  return isRecord(change) && change.kind === 'Status';
}
