/** Returns the stored value for this name and these inputs. If there is none yet, computes and stores it. */
export type Memo = <T>(name: string, of: readonly unknown[], compute: () => T) => T;

/**
 * Creates a store of computed values. The key of a value is its name and its inputs, which are compared by identity.
 *
 * @param most the maximum number of stored values; the oldest is dropped first
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

/** Calls `compute` when the value is first needed, and keeps the value. */
export function once<T>(compute: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: compute() };
    return made.value;
  };
}
