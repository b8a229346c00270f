import { keyOf, type WithMetadata } from './object-reference.ts';

/** An object of an indexer. It stays the same entry when the object is modified. */
export interface Entry<T> {
  readonly key: string;
  /** The position among all entries. A modified object keeps its position, and an added object comes last. */
  readonly order: number;
  readonly object: T;
}

interface Kept<T, Name extends string> extends Entry<T> {
  object: T;
  values: Readonly<Record<Name, readonly string[]>>;
}

/**
 * The values under which an index finds an object.
 *
 * @param countOf how many objects have a value now. A function may choose the value that few objects have
 */
export type IndexFunction<T> = (object: T, countOf: (value: string) => number) => readonly string[];

/**
 * Objects by `namespace/name`, in their order, with further indices that each change keeps up to date. It is the Indexer
 * of client-go (tools/cache).
 */
export class Indexer<T extends WithMetadata, Name extends string> {
  readonly #entries = new Map<string, Kept<T, Name>>();
  readonly #functions: Readonly<Record<Name, IndexFunction<T>>>;
  readonly #indices = new Map<Name, Map<string, Set<Kept<T, Name>>>>();
  readonly #names: readonly Name[];
  #next = 0;

  constructor(functions: Readonly<Record<Name, IndexFunction<T>>>) {
    this.#functions = functions;
    this.#names = Object.keys(functions) as Name[];
    this.replace([]);
  }

  /** Takes over a new list of all objects. */
  replace(objects: readonly T[]): void {
    this.#entries.clear();
    for (const name of this.#names) this.#indices.set(name, new Map());
    for (const object of objects) this.set(object);
  }

  objects(): T[] {
    return [...this.#entries.values()].map(({ object }) => object);
  }

  get(key: string): Entry<T> | undefined {
    return this.#entries.get(key);
  }

  /** The entries with this value in an index. */
  byIndex(name: Name, value: string): ReadonlySet<Entry<T>> {
    return this.#indices.get(name)!.get(value) ?? none;
  }

  /** Adds or replaces an object. */
  set(object: T): void {
    const key = keyOf(object);
    const known = this.#entries.get(key);
    if (known) {
      this.#drop(known);
      known.object = object;
      known.values = this.#enter(known);
      return;
    }
    const entry = { key, order: this.#next++, object } as Kept<T, Name>;
    this.#entries.set(key, entry);
    entry.values = this.#enter(entry);
  }

  delete(key: string): void {
    const known = this.#entries.get(key);
    if (!known) return;
    this.#drop(known);
    this.#entries.delete(key);
  }

  #enter(entry: Kept<T, Name>): Readonly<Record<Name, readonly string[]>> {
    const values = {} as Record<Name, readonly string[]>;
    for (const name of this.#names) {
      const index = this.#indices.get(name)!;
      values[name] = this.#functions[name](entry.object, (value) => index.get(value)?.size ?? 0);
      for (const value of values[name]) {
        const bucket = index.get(value);
        if (bucket) bucket.add(entry);
        else index.set(value, new Set([entry]));
      }
    }
    return values;
  }

  #drop(entry: Kept<T, Name>): void {
    for (const name of this.#names) {
      const index = this.#indices.get(name)!;
      for (const value of entry.values[name]) {
        const bucket = index.get(value);
        bucket?.delete(entry);
        if (bucket?.size === 0) index.delete(value);
      }
    }
  }
}

const none: ReadonlySet<never> = new Set();

/** The objects of entries, in their order. */
export function inOrder<T>(entries: Iterable<Entry<T>>): T[] {
  return [...entries].sort((a, b) => a.order - b.order).map(({ object }) => object);
}
