/** Returns the value with this name that was computed from these values. It is computed if it does not exist yet. */
export type Memo = <T>(name: string, of: readonly unknown[], compute: () => T) => T;

/**
 * Keeps values by their name and by the values from which they were computed, which are compared by identity.
 *
 * @param most the number of values that are kept; the oldest is dropped first
 */
export function createMemo(most = Number.POSITIVE_INFINITY): Memo {
  const made: { readonly name: string; readonly of: readonly unknown[]; readonly value: unknown }[] = [];
  return <T>(name: string, of: readonly unknown[], compute: () => T) => {
    const known = made.find((each) => each.name === name && each.of.every((value, index) => value === of[index]));
    if (known) return known.value as T;
    const value = compute();
    made.push({ name, of, value });
    if (made.length > most) made.shift();
    return value;
  };
}

/** Computes the value of a function on first use, and keeps it. */
export function once<T>(compute: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: compute() };
    return made.value;
  };
}
