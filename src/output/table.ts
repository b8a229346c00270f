import { cut, terminalText } from './terminal-text.ts';

/** One row: its cells, and lines that stand indented below it. */
export interface TableRow {
  readonly cells: readonly string[];
  readonly notes?: readonly string[];
}

/** Widths of the columns printed so far, so that rows printed later (`--watch`) stay in line with them. */
export interface TableLayout {
  widths: number[];
}

/** The longest cell: a URL of Kubernetes fits several times. What is longer is cut, so that it is not every row's burden. */
const mostCharacters = 1024;
/** The widest column. A longer cell takes its own row out of line, and pads no other. */
const mostWidth = 160;
const mostNoteCharacters = 1000;

/**
 * kubectl's table: upper-case headers, columns three spaces apart, no trailing blanks, the same to a terminal and a pipe.
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
