/** The place of a value within another. */
export type Path = readonly (string | number)[];

/** A parsed dump of `doctor --save`. */
// biome-ignore lint/suspicious/noExplicitAny: tests change any field of it.
export type DumpDocument = any;

/** Yields the place of every text within a value. */
export function* textsIn(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value === 'string') yield path;
  else if (typeof value === 'object' && value !== null) {
    for (const [key, field] of Object.entries(value)) {
      yield* textsIn(field, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  }
}

/** Copies a value with another text at one place. */
export function replaced<T>(value: T, [key, ...rest]: Path, text: string): T {
  if (key === undefined) return text as T;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>;
  copy[key] = replaced(copy[key], rest, text);
  return copy as T;
}

/** Copies a value with another name for one field, such as the key of a label. */
export function renamed<T>(value: T, path: Path, name: string): T {
  const last = path.at(-1);
  if (typeof last !== 'string') return value;
  const object = path.slice(0, -1).reduce<DumpDocument>((inner, key) => inner[key], value);
  const fields = Object.entries(object).map(([key, field]) => [key === last ? name : key, field]);
  return replacedValue(value, path.slice(0, -1), Object.fromEntries(fields));
}

function replacedValue<T>(value: T, [key, ...rest]: Path, by: unknown): T {
  if (key === undefined) return by as T;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>;
  copy[key] = replacedValue(copy[key], rest, by);
  return copy as T;
}

/** Names a field without the index of its object: `topics.pods.items.*.status.message`. */
export function patternOf(path: Path): string {
  return path.map((step) => (typeof step === 'number' ? '*' : step)).join('.');
}

/** Fields of a dump that no API server checks. Anyone who may write the object chooses them. */
const unchecked: readonly RegExp[] = [
  /^metadata\.context$/,
  /\.metadata\.annotations\./,
  /\.events\.items\.\*\.(message|reason)$/,
  /\.status\..*\b(message|reason)$/,
  /\.status\.(message|reason)$/,
  /\.status\.loadBalancer\.ingress\.\*\.hostname$/,
  /\.nodes\.items\.\*\.status\.(addresses\.\*\.address|nodeInfo\.\w+)$/,
  /\.nodes\.items\.\*\.spec\.providerID$/,
  /\.containers\.\*\.(image|args\.\*)$/,
  /\.paths\.\*\.path$/,
  /^topics\.serverVersion\.items\./,
  /^topics\.skyConfig\.items\.\*\.path$/,
  /^topics\.probes\..*\b(subject|issuer|code)$/,
  /^topics\.probes\..*\.certificate\.names\.\*$/,
  /^topics\.podProbes\..*\b(message|why)$/,
  /^topics\.\w+\.message$/,
];

/** Finds every place of a dump that no API server checks. */
export function uncheckedIn(dump: DumpDocument): Path[] {
  return [...textsIn(dump)].filter((path) => {
    const pattern = patternOf(path);
    return unchecked.some((each) => each.test(pattern));
  });
}
