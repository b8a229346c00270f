import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';

/** The text of a configuration file of SkyPilot's, and what it is called in messages. */
export interface SkyConfigText {
  readonly path: string;
  readonly text: string;
}

/** `failsafe`: every scalar is text, as it stands there. `core`: numbers, truth values and null are told apart. */
export type SkyConfigSchema = 'failsafe' | 'core';

/** A parsed file, and the places of its nodes. */
export interface SkyConfigDocument {
  /** Undefined for a file without a document: empty, or comments alone. */
  readonly document: Document.Parsed | undefined;
  readonly lines: LineCounter;
}

/**
 * Parses a file of SkyPilot's, merge keys included (SkyPilot reads it with PyYAML).
 *
 * @throws UsageError with line and column: no valid YAML, keys that are there twice, more than one document
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
  // The range of a later document begins after its `---`.
  if (second)
    throw yamlErrorAt(path, text, text.lastIndexOf('---', second.range[0]), lines, 'a second document begins');
  return { document, lines };
}

/** What a parsed file holds, merge keys and aliases resolved. @throws UsageError for an alias without its anchor, or too many */
export function contentOf({ path }: Pick<SkyConfigText, 'path'>, { document }: SkyConfigDocument): unknown {
  try {
    return document?.toJS() ?? null;
  } catch (error) {
    throw new UsageError('invalid-sky-config', `${path}: not valid YAML: ${(error as Error).message}`, correctIt);
  }
}

const correctIt = [advice("correct it in that file, which is SkyPilot's configuration, and try again")];

/** An error at a place of the file. */
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

/** The library's own words end in the place, which stands in front here, and show the line below. */
function withoutPlace(message: string): string {
  return message.split('\n', 1)[0]!.replace(/ at line \d+, column \d+:?$/, '');
}
