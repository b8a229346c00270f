import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';

/** The text of a SkyPilot configuration file, and the path of this file for messages. */
export interface SkyConfigText {
  readonly path: string;
  readonly text: string;
}

/** `failsafe`: every scalar is a text, as written. `core`: numbers, booleans and null have their own types. */
export type SkyConfigSchema = 'failsafe' | 'core';

/** A parsed file, and the positions of its nodes. */
export interface SkyConfigDocument {
  /** Undefined if the file has no document: it is empty or only has comments. */
  readonly document: Document.Parsed | undefined;
  readonly lines: LineCounter;
}

/**
 * Parses a SkyPilot configuration file. Merge keys are allowed, since SkyPilot reads the file with PyYAML.
 *
 * @throws UsageError with line and column for invalid YAML, duplicate keys, or more than one document
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
  // The range of a second document begins after its `---`.
  if (second)
    throw yamlErrorAt(path, text, text.lastIndexOf('---', second.range[0]), lines, 'a second document begins');
  return { document, lines };
}

/**
 * The content of a parsed file, with merge keys and aliases resolved.
 *
 * @throws UsageError for an alias without an anchor, or too many aliases
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
 * Removes the position and the source line from the YAML library's message, since our message begins with the position.
 */
function withoutPlace(message: string): string {
  return message.split('\n', 1)[0]!.replace(/ at line \d+, column \d+:?$/, '');
}
