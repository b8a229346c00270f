import { cut, terminalText } from './terminal-text.ts';

/** The cells of one row, and indented lines below the row. */
export interface TableRow {
  readonly cells: readonly string[];
  readonly notes?: readonly string[];
}

/** The column widths of earlier rows. Later rows (`--watch`) have the same widths. */
export interface TableLayout {
  widths: number[];
}

/** The maximum length of a cell. A longer text is cut. Otherwise, it would make the whole column wider. */
const mostCharacters = 1024;
/** The maximum width of a column. If a cell is longer, only its own row is out of line. */
const mostWidth = 160;
const mostNoteCharacters = 1000;

/**
 * kubectl's table: upper-case headers, three spaces between columns, no trailing spaces. The table is the same on a terminal
 * and in a pipe.
 *
 * @param layout the widths from an earlier call; this call updates them
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
