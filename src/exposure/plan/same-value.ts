/** Whether two plain values are equal; the order of keys, and keys that are undefined, don't count. Lists of ports count as sets. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item) => b.some((other) => sameValue(item, other)));
  }
  const left = definedOf(a);
  const right = definedOf(b);
  return (
    left.length === right.length && left.every(([key, value]) => sameValue(value, (b as Record<string, unknown>)[key]))
  );
}

function definedOf(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, each]) => each !== undefined && !isEmptyObject(each));
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}
