import { keyOf, type WithMetadata } from '../../snapshot/object-reference.ts';
import type { Observation } from '../../snapshot/topics.ts';

/** A topic that a watch keeps up to date. A change of one object does not copy the others. */
export class KeptTopic {
  #observation: Observation<object>;
  #items: Map<string, object>;
  /** The version from which a watch continues. */
  resourceVersion: string;
  /** Whether `#observation` has all items that `#items` has. */
  #isCurrent = true;

  constructor(observation: Observation<object>) {
    this.#observation = observation;
    this.#items = itemsByKey(observation);
    this.resourceVersion = versionOf(observation);
  }

  /** Takes over a new list. */
  replace(observation: Observation<object>): void {
    this.#observation = observation;
    this.#items = itemsByKey(observation);
    this.resourceVersion = versionOf(observation);
    this.#isCurrent = true;
  }

  /** Adds, replaces or, with undefined, deletes an object; returns the object that had the key before. */
  set(key: string, object: object | undefined): object | undefined {
    const before = this.#items.get(key);
    if (object) this.#items.set(key, object);
    else this.#items.delete(key);
    if (this.#isCurrent && this.#observation.observed) this.#observation = { ...this.#observation, items: [] };
    this.#isCurrent = false;
    return before;
  }

  /**
   * The topic. It is the same object until the next change.
   *
   * @param isEmptied whether to leave out the items
   */
  observation(isEmptied = false): Observation<object> {
    const { resourceVersion } = this;
    if (!this.#observation.observed) return this.#observation;
    if (isEmptied) return { ...this.#observation, items: [], resourceVersion };
    if (!this.#isCurrent) {
      this.#observation = { ...this.#observation, items: [...this.#items.values()], resourceVersion };
      this.#isCurrent = true;
    }
    return this.#observation;
  }
}

function itemsByKey(observation: Observation<object>): Map<string, object> {
  if (!observation.observed) return new Map();
  return new Map(observation.items.map((item) => [keyOf(item as WithMetadata), item]));
}

function versionOf(observation: Observation<object>): string {
  return observation.observed ? observation.resourceVersion : '';
}
