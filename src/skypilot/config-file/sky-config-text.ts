import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';

/** The text of a SkyPilot configuration file, and its path for messages. */
export interface SkyConfigText {
  readonly path: string;
  readonly text: string;
}

/** `failsafe` reads every scalar as a text. `core` also reads numbers, booleans and null. */
export type SkyConfigSchema = 'failsafe' | 'core';

/** A parsed file, and the positions of its nodes. */
export interface SkyConfigDocument {
  /** The document; undefined if the file is empty or has only comments. */
  readonly document: Document.Parsed | undefined;
  readonly lines: LineCounter;
}

/**
 * Parses a SkyPilot configuration file. Merge keys are allowed, because SkyPilot reads the file with PyYAML, which
 * allows them.
 *
 * @throws UsageError for invalid YAML, duplicate keys, or more than one document; its message contains the line and the
 * column
 */
export function parseSkyConfigText(
  { path, text }: SkyConfigText,
  schema: SkyConfigSchema = 'failsafe',
): SkyConfigDocument {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { schema, merge: true, lineCounter: lines });
  const parsed = Array.isArray(documents) ? (documents as Document.Parsed[]) : [];
  for (const { errors } of parsed) {
    const [error] = errors;
    if (error) throw yamlErrorAt(path, text, error.pos[0], lines, `not valid YAML: ${withoutPlace(error.message)}`);
  }
  const [document, second] = parsed;
  // The error is at the `---` of the second document. The range of this document begins after its `---`.
  if (second)
    throw yamlErrorAt(path, text, text.lastIndexOf('---', second.range[0]), lines, 'a second document begins');
  return { document, lines };
}

/**
 * The content of a parsed file. Merge keys and aliases are replaced by what they refer to.
 *
 * @throws UsageError for an alias without an anchor, and for too many aliases
 */
export function contentOf({ path }: Pick<SkyConfigText, 'path'>, { document }: SkyConfigDocument): unknown {
  try {
    return document?.toJS() ?? null;
  } catch (error) {
    throw new UsageError('invalid-sky-config', `${path}: not valid YAML: ${(error as Error).message}`, correctIt);
  }
}

const correctIt = [advice("correct it in that file, which is SkyPilot's configuration, and try again")];

/** An error at a position in the file. */
export function yamlErrorAt(path: string, text: string, offset: number, lines: LineCounter, what: string): UsageError {
  const { line, col } = lines.linePos(offset);
  return new UsageError(
    'invalid-sky-config',
    `${path}:${line}:${col}: ${what}: ${lineAt(text, offset).trim()}`,
    correctIt,
  );
}

function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return text.slice(start).split('\n', 1)[0]!;
}

/**
 * The message of the YAML library without the position and the source line. Our own message begins with the position.
 */
function withoutPlace(message: string): string {
  return message.split('\n', 1)[0]!.replace(/ at line \d+, column \d+:?$/, '');
}
