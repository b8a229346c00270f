import { CORE_SCHEMA, FAILSAFE_SCHEMA, load, mergeTag, Schema, YAML11_SCHEMA, YAMLException } from 'js-yaml';
import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';

/**
 * A schema that reads YAML as Go's parser does: yes, no, on and off are booleans, dates are strings, and merge keys are
 * supported.
 */
const goSchema = new Schema([
  ...FAILSAFE_SCHEMA.tags,
  ...CORE_SCHEMA.tags.filter((tag) => /:(null|int|float)$/.test(tag.tagName)),
  ...YAML11_SCHEMA.tags.filter((tag) => tag.tagName.endsWith(':bool')),
  mergeTag,
]);

/**
 * One mapping of the file. Each method except `raw` checks the type of the field. Null and an empty text count as
 * absent.
 */
export class YamlFields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #file: string;
  readonly #path: string;

  constructor(value: unknown, file: string, path: string) {
    this.#file = file;
    this.#path = path;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) this.#wrong('', 'a mapping', value);
    this.#value = value as Record<string, unknown>;
  }

  /**
   * Parses the text of a file.
   *
   * @throws UsageError if the text is not YAML, or is not a mapping; its message names the file and the line
   */
  static parse(text: string, file: string): YamlFields {
    return new YamlFields(parseYaml(text, file), file, '');
  }

  raw(key: string): unknown {
    return this.#value[key] ?? undefined;
  }

  map<T>(build: (fields: YamlFields) => T): T {
    return build(this);
  }

  text(key: string): string | undefined {
    const value = this.raw(key);
    if (value !== undefined && typeof value !== 'string') this.#wrong(key, 'a string (put it in quotes)', value);
    return value || undefined;
  }

  base64(key: string): string | undefined {
    const value = this.text(key)?.replace(/\s/g, '');
    if (value && !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) this.#wrong(key, 'base64', value);
    return value;
  }

  flag(key: string): boolean | undefined {
    const value = this.raw(key);
    if (value !== undefined && typeof value !== 'boolean') this.#wrong(key, 'true or false', value);
    return value;
  }

  texts(key: string): string[] | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
      this.#wrong(key, 'a list of strings', value);
    }
    return value as string[];
  }

  list(key: string): YamlFields[] {
    const value = this.raw(key) ?? [];
    if (!Array.isArray(value)) this.#wrong(key, 'a list', value);
    return (value as unknown[]).map(
      (item, index) => new YamlFields(item, this.#file, `${this.#path}${key}[${index}].`),
    );
  }

  within(key: string): YamlFields | undefined {
    const value = this.raw(key);
    return value === undefined ? undefined : new YamlFields(value, this.#file, `${this.#path}${key}.`);
  }

  eachText(): Record<string, string> {
    return Object.fromEntries(Object.keys(this.#value).map((key) => [key, this.text(key) ?? '']));
  }

  eachTexts(): Record<string, string[]> {
    return Object.fromEntries(Object.keys(this.#value).map((key) => [key, this.texts(key) ?? []]));
  }

  /** Reads a list of `{name, [key]: {…}}`. A duplicate name in one file is an error, as in kubectl. */
  named<T>(listKey: string, key: string, build: (fields: YamlFields) => T): Map<string, T> {
    const entries = new Map<string, T>();
    for (const item of this.list(listKey)) {
      const name = item.text('name') ?? '';
      if (entries.has(name)) {
        throw new UsageError(
          'invalid-kubeconfig',
          `error loading config file "${this.#file}": duplicate name "${name}" in ${listKey}`,
          [advice(`remove one of the two from ${this.#file}`)],
        );
      }
      entries.set(name, build(item.within(key) ?? new YamlFields({}, this.#file, '')));
    }
    return entries;
  }

  #wrong(key: string, wanted: string, value: unknown): never {
    const found = Array.isArray(value)
      ? 'a list'
      : value === null
        ? 'nothing'
        : typeof value === 'object'
          ? 'a mapping'
          : `a ${typeof value}`;
    const where = `${this.#path}${key}`.replace(/\.$/, '') || 'the file';
    throw new UsageError(
      'invalid-kubeconfig',
      `error loading config file "${this.#file}": ${where} must be ${wanted}, not ${found}`,
      [advice(`correct ${where} in ${this.#file}, or name another file with --kubeconfig`)],
    );
  }
}

function parseYaml(text: string, file: string): unknown {
  // kubectl reads a file with only comments and blank lines as an empty configuration. js-yaml would report an error.
  if (!/^[^\S\n]*[^\s#]/m.test(text)) return {};
  try {
    return load(text, { schema: goSchema, json: true }) ?? {};
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark ? error.mark.line + 1 : 1;
    throw new UsageError(
      'invalid-kubeconfig',
      `error loading config file "${file}": yaml: line ${line}: ${error.reason}`,
      [advice(`correct line ${line} of ${file}, or name another file with --kubeconfig`)],
    );
  }
}
