import test from 'ava';
import fc from 'fast-check';
import { plainText } from '../../src/output/look.ts';
import { type Column, renderTable, type TableOptions, type TableRow } from '../../src/output/table.ts';

function tableText(
  columns: readonly (string | Column)[],
  rows: readonly TableRow[],
  options: TableOptions = {},
): string {
  return renderTable(columns, rows, options)
    .map((line) => `${plainText(line)}\n`)
    .join('');
}

const noHeaders = { withHeaders: false } as const;

test('columns three spaces apart, notes indented, no trailing blanks', (t) => {
  const text = tableText(
    ['NAME', 'PORT', 'REASON'],
    [{ cells: ['train', '8888', ''], notes: ['waiting'] }, { cells: ['a', '80', 'because'] }],
  );
  t.is(text, 'NAME    PORT   REASON\ntrain   8888\n    waiting\na       80     because\n');
});

test('without headers', (t) => t.is(tableText(['A', 'B'], [{ cells: ['a', 'b'] }], noHeaders), 'a   b\n'));

test('nothing but headers', (t) => t.is(tableText(['A', 'B'], []), 'A   B\n'));

test('later rows stay in line with earlier ones', (t) => {
  const layout = { widths: [] };
  t.is(tableText(['NAME', 'X'], [{ cells: ['longer', '1'] }], { layout }), 'NAME     X\nlonger   1\n');
  t.is(tableText(['NAME', 'X'], [{ cells: ['a', '2'] }], { ...noHeaders, layout }), 'a        2\n');
});

test('control characters are shown and not obeyed', (t) => {
  const cells = ['\u001b[31mred', 'two\nlines'];
  t.is(tableText(['A', 'B'], [{ cells, notes: ['\r'] }], noHeaders), '\\u001b[31mred   two\\u000alines\n    \\u000d\n');
});

const cell = fc.stringMatching(/^[!-~]{1,8}$/);

test('every column starts at one place in all lines, three blanks behind the widest cell', (t) => {
  const rows = fc
    .integer({ min: 1, max: 5 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 2, maxLength: 6 }));
  fc.assert(
    fc.property(rows, ([headers, ...rest]) => {
      const lines = tableText(
        headers!,
        rest.map((cells) => ({ cells })),
      ).split('\n');
      t.is(lines.pop(), '');
      let start = 0;
      for (const column of headers!.keys()) {
        const cells = [headers!, ...rest].map((row) => row[column]!);
        lines.forEach((line, i) => {
          t.is(line.slice(start, start + (cells[i]?.length ?? 0)), cells[i] ?? '');
          t.is(line.trimEnd(), line);
        });
        start += Math.max(...cells.map(({ length }) => length)) + 3;
      }
    }),
  );
});

test('one long cell costs its own row alone, and is cut', (t) => {
  const rows = [{ cells: ['x'.repeat(250_000), 'b'] }, ...Array.from({ length: 60 }, () => ({ cells: ['a', 'b'] }))];
  const text = tableText(['ONE', 'TWO'], rows);
  t.true(text.length < 20_000, `${text.length} characters`);
  t.is(text.split('\n')[2]?.startsWith('a '), true);
  t.true(tableText(['A'], [{ cells: ['a'], notes: ['y'.repeat(1_000_000)] }], noHeaders).length < 1100);
});

const columns: readonly Column[] = [
  { header: 'NAME' },
  { header: 'MODE', narrow: { step: 3, how: 'out' } },
  { header: 'URL', narrow: { step: 1, how: 'below' } },
  { header: 'STATE' },
  { header: 'AGE', narrow: { step: 2, how: 'out' } },
  { header: 'SCOPE', narrow: { step: 1, how: 'labelled' } },
];
const url = `http://a.example.com/${'x'.repeat(20)}`;
const wideRows = [
  { cells: ['train', 'ingress', url, 'Ready', '5m', 'public'] },
  { cells: ['b', 'nodeport', '<pending>', 'Pending', '5m', '<none>'], notes: ['no node has an address'] },
];

test('on a narrow terminal, columns make room one after the other', (t) => {
  const at = (width: number) => tableText(columns, wideRows, { width });
  const whole = tableText(columns, wideRows);
  const longest = Math.max(...whole.split('\n').map(({ length }) => length));
  t.is(at(longest), whole);
  const below = `    ${url}\n    SCOPE public\n`;
  t.is(
    at(longest - 1),
    `NAME    MODE       STATE     AGE\ntrain   ingress    Ready     5m\n${below}b       nodeport   Pending   5m\n    no node has an address\n`,
  );
  t.is(
    at(30),
    `NAME    MODE       STATE\ntrain   ingress    Ready\n${below}b       nodeport   Pending\n    no node has an address\n`,
  );
  t.is(at(20), `NAME    STATE\ntrain   Ready\n${below}b       Pending\n    no node has an\n    address\n`);
});

test('no line is wider than the terminal, except a word that is', (t) => {
  for (let width = 20; width < 100; width++) {
    const tooWide = tableText(columns, wideRows, { width })
      .split('\n')
      .filter((line) => line.length > width && line.trim().includes(' '));
    t.deepEqual(tooWide, [], `${width} columns`);
  }
});

test('the layout of the first rows stays', (t) => {
  const layout = { widths: [] };
  tableText(columns, wideRows, { width: 60, layout });
  t.is(
    tableText(columns, wideRows.slice(1), { width: 200, layout, ...noHeaders }),
    'b       nodeport   Pending   5m\n    no node has an address\n',
  );
});

test('a value that does not fit beside its header is below it, and headers are faint', (t) => {
  const columns: Column[] = [
    { header: 'NAME' },
    { header: 'SCOPE', narrow: { step: 1, how: 'labelled' } },
    { header: 'PRINTS', narrow: { step: 1, how: 'labelled' } },
  ];
  const rows = [{ cells: ['train', 'public', 'http://203.0.113.5:8888'] }];
  t.deepEqual(renderTable(columns, rows, { width: 30 }), [
    'NAME',
    'train',
    ['    ', { style: 'faint', text: 'SCOPE' }, ' public'],
    ['    ', { style: 'faint', text: 'PRINTS' }],
    ['    ', '    ', 'http://203.0.113.5:8888'],
  ]);
});
