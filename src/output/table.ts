import { cut, terminalText } from './terminal-text.ts';

/** One row: its cells, and indented lines below it. */
export interface TableRow {
  readonly cells: readonly string[];
  readonly notes?: readonly string[];
}

/** Column widths so far, so that later rows (`--watch`) stay aligned. */
export interface TableLayout {
  widths: number[];
}

/** The longest cell. Longer text is cut, so that one cell does not widen the whole column. */
const mostCharacters = 1024;
/** The widest column. A longer cell shifts only its own row. */
const mostWidth = 160;
const mostNoteCharacters = 1000;

/**
 * kubectl's table: upper-case headers, three spaces between columns, no trailing spaces. Same on a terminal and in a pipe.
 *
 * @param layout widths from an earlier call; updated
 */
export function renderTable(
  headers: readonly string[] | undefined,
  rows: readonly TableRow[],
  layout: TableLayout = { widths: [] },
): string {
  const lines = rows.map(({ cells, notes = [] }) => ({
    cells: cells.map((cell) => terminalText(cut(cell, mostCharacters))),
    notes: notes.map((note) => terminalText(cut(note, mostNoteCharacters))),
  }));
  for (const cells of [...(headers ? [headers] : []), ...lines.map((line) => line.cells)]) {
    cells.forEach((cell, column) => {
      layout.widths[column] = Math.max(layout.widths[column] ?? 0, Math.min(cell.length, mostWidth));
    });
  }
  const text = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(layout.widths[column]!))
      .join('   ')
      .trimEnd();
  return [
    ...(headers ? [text(headers)] : []),
    ...lines.flatMap(({ cells, notes }) => [text(cells), ...notes.map((note) => `    ${note}`)]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
