/** Whether two plain values are equal; the order of keys and of lists, and keys that are undefined or empty, don't count. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) return sameItems(a, b);
  const left = definedOf(a);
  const right = definedOf(b);
  return (
    left.length === right.length && left.every(([key, value]) => sameValue(value, (b as Record<string, unknown>)[key]))
  );
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  const rest = [...b];
  return (
    a.length === b.length &&
    a.every((item) => {
      const index = rest.findIndex((other) => sameValue(item, other));
      if (index !== -1) rest.splice(index, 1);
      return index !== -1;
    })
  );
}

function definedOf(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, each]) => each !== undefined && !isEmptyObject(each));
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
