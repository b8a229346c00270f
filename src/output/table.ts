import type { Span, StyledLine } from '../system.ts';
import { plainText, styled } from './look.ts';
import { cut, terminalText, wrapped } from './terminal-text.ts';

/** The text of a cell. */
export type Cell = string | Span;

/** A column of a table that fits the terminal. */
export interface Column {
  readonly header: string;
  /**
   * How the column makes room if the table is wider than the terminal. `below` moves the cell to an indented line below
   * the row, `labelled` moves it there with its header, and `out` leaves it out. Columns with step 1 make room first.
   */
  readonly narrow?: { readonly step: 1 | 2 | 3 | 4; readonly how: 'below' | 'labelled' | 'out' };
}

/** The cells of one row, and indented lines below the row. */
export interface TableRow {
  readonly cells: readonly Cell[];
  readonly notes?: readonly string[];
}

/** The column widths and the step of earlier rows. Later rows (`--watch`) have the same layout. */
export interface TableLayout {
  widths: number[];
  step?: number;
}

export interface TableOptions {
  readonly withHeaders?: boolean;
  /** Is updated by each call. */
  readonly layout?: TableLayout;
  /** The width of the terminal. Infinity (the default) shows the full table, as a pipe needs it. */
  readonly width?: number;
}

/** The maximum length of a cell. A longer text is cut. Otherwise, it would make the whole column wider. */
const mostCharacters = 1024;
/** The maximum width of a column. If a cell is longer, only its own row is out of line. */
const mostWidth = 160;
const mostNoteCharacters = 1000;
const indent = '    ';
const gap = '   ';

/**
 * kubectl's table: upper-case headers, three spaces between columns, no trailing spaces. If the table is wider than the
 * terminal, some columns make room. A word is never broken: a URL that is longer than the terminal stays whole.
 */
export function renderTable(
  columns: readonly (string | Column)[],
  rows: readonly TableRow[],
  { withHeaders = true, layout = { widths: [] }, width = Number.POSITIVE_INFINITY }: TableOptions = {},
): StyledLine[] {
  const all = columns.map((column): Column => (typeof column === 'string' ? { header: column } : column));
  const lines = rows.map(({ cells, notes = [] }) => ({
    cells: cells.map((cell) => safeCell(cell)),
    notes: notes.map((note) => terminalText(cut(note, mostNoteCharacters))),
  }));
  const headers = all.map(({ header }) => header);
  for (const cells of [...(withHeaders ? [headers] : []), ...lines.map((line) => line.cells)]) {
    cells.forEach((cell, column) => {
      layout.widths[column] = Math.max(layout.widths[column] ?? 0, Math.min(lengthOf(cell), mostWidth));
    });
  }
  layout.step ??= stepFor(all, layout.widths, width);
  const { step } = layout;
  const isKept = ({ narrow }: Column) => narrow === undefined || narrow.step > step;
  const text = (cells: readonly Cell[]) =>
    lineOf(
      cells
        .map((cell, column) => ({ cell, width: layout.widths[column]!, column: all[column]! }))
        .filter(({ column }) => isKept(column)),
    );
  return [
    ...(withHeaders ? [text(headers)] : []),
    ...lines.flatMap(({ cells, notes }) => [
      text(cells),
      ...linesBelow(cells, all, step, width),
      ...notes.flatMap((note) => wrapped(note, width - indent.length)).map((note) => `${indent}${note}`),
    ]),
  ];
}

function safeCell(cell: Cell): Cell {
  if (typeof cell === 'string') return terminalText(cut(cell, mostCharacters));
  return { ...cell, text: terminalText(cut(cell.text, mostCharacters)) };
}

function lengthOf(cell: Cell): number {
  return typeof cell === 'string' ? cell.length : cell.text.length;
}

/** The first step at which the table fits; 0 for the full table. */
function stepFor(columns: readonly Column[], widths: readonly number[], width: number): number {
  const last = Math.max(0, ...columns.map(({ narrow }) => narrow?.step ?? 0));
  for (let step = 0; step < last; step++) {
    const kept = columns.map(({ narrow }) => narrow === undefined || narrow.step > step);
    const needed = widths.filter((_, column) => kept[column]).reduce((sum, each) => sum + each + gap.length, 0);
    if (needed - gap.length <= width) return step;
  }
  return last;
}

function lineOf(cells: readonly { readonly cell: Cell; readonly width: number }[]): StyledLine {
  let last = cells.length;
  while (last > 0 && lengthOf(cells[last - 1]!.cell) === 0) last--;
  const parts = cells
    .slice(0, last)
    .flatMap(({ cell, width }, at) => [
      cell,
      at === last - 1 ? '' : `${' '.repeat(Math.max(0, width - lengthOf(cell)))}${gap}`,
    ]);
  return parts.some((part) => typeof part !== 'string') ? parts : parts.map((part) => plainText([part])).join('');
}

/** Text such as `<pending>` or `<none>` says that the cell has no value. */
const noValue = /^(<.*>)?$/;

function linesBelow(cells: readonly Cell[], columns: readonly Column[], step: number, width: number): StyledLine[] {
  const moved = columns.flatMap(({ header, narrow }, at) => {
    const cell = cells[at] ?? '';
    const isMoved = narrow !== undefined && narrow.step <= step && narrow.how !== 'out';
    return isMoved && !noValue.test(plainText([cell])) ? [{ header, how: narrow.how, cell }] : [];
  });
  const room = width - indent.length;
  const below = moved.filter(({ how }) => how === 'below');
  return [
    ...below.flatMap(({ cell }): StyledLine[] =>
      typeof cell === 'string' ? wrapped(cell, room).map((line) => `${indent}${line}`) : [[indent, cell]],
    ),
    ...labelledLines(
      moved.filter(({ how }) => how === 'labelled').map(({ header, cell }) => ({ header, value: plainText([cell]) })),
      room,
    ),
  ];
}

/** Values with their headers, as many on each line as fit. A value that does not fit beside its header is below it. */
function labelledLines(values: readonly { header: string; value: string }[], room: number): StyledLine[] {
  const lines: { parts: (string | Span)[]; length: number }[] = [];
  for (const { header, value } of values) {
    const length = header.length + 1 + value.length;
    const label = styled('faint', header);
    const last = lines.at(-1);
    if (last && last.length + gap.length + length <= room) {
      last.parts.push(gap, label, ` ${value}`);
      last.length += gap.length + length;
    } else if (length <= room) {
      lines.push({ parts: [indent, label, ` ${value}`], length });
    } else {
      lines.push({ parts: [indent, label], length: room }, { parts: [indent, indent, value], length: room });
    }
  }
  return lines.map(({ parts }) => parts);
}
