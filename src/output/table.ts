import { terminalText } from './terminal-text.ts';

/** One row: its cells, and lines that stand indented below it. */
export interface TableRow {
  readonly cells: readonly string[];
  readonly notes?: readonly string[];
}

/** Widths of the columns printed so far, so that rows printed later (`--watch`) stay in line with them. */
export interface TableLayout {
  widths: number[];
}

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
    cells: cells.map(terminalText),
    notes: notes.map(terminalText),
  }));
  for (const cells of [...(headers ? [headers] : []), ...lines.map((line) => line.cells)]) {
    cells.forEach((cell, column) => {
      layout.widths[column] = Math.max(layout.widths[column] ?? 0, cell.length);
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
