import test from 'ava';
import fc from 'fast-check';
import { renderTable } from '../../src/output/table.ts';

test('columns three spaces apart, notes indented, no trailing blanks', (t) => {
  const text = renderTable(
    ['NAME', 'PORT', 'REASON'],
    [{ cells: ['train', '8888', ''], notes: ['waiting'] }, { cells: ['a', '80', 'because'] }],
  );
  t.is(text, 'NAME    PORT   REASON\ntrain   8888\n    waiting\na       80     because\n');
});

test('without headers', (t) => t.is(renderTable(undefined, [{ cells: ['a', 'b'] }]), 'a   b\n'));

test('nothing but headers', (t) => t.is(renderTable(['A', 'B'], []), 'A   B\n'));

test('later rows stay in line with earlier ones', (t) => {
  const layout = { widths: [] };
  t.is(renderTable(['NAME', 'X'], [{ cells: ['longer', '1'] }], layout), 'NAME     X\nlonger   1\n');
  t.is(renderTable(undefined, [{ cells: ['a', '2'] }], layout), 'a        2\n');
});

test('control characters are shown and not obeyed', (t) => {
  const cells = ['\u001b[31mred', 'two\nlines'];
  t.is(renderTable(undefined, [{ cells, notes: ['\r'] }]), '\\u001b[31mred   two\\u000alines\n    \\u000d\n');
});

const cell = fc.stringMatching(/^[!-~]{1,8}$/);

test('every column starts at one place in all lines, three blanks behind the widest cell', (t) => {
  const rows = fc
    .integer({ min: 1, max: 5 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 2, maxLength: 6 }));
  fc.assert(
    fc.property(rows, ([headers, ...rest]) => {
      const lines = renderTable(
        headers,
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
  const text = renderTable(['ONE', 'TWO'], rows);
  t.true(text.length < 20_000, `${text.length} characters`);
  t.is(text.split('\n')[2]?.startsWith('a '), true);
  t.true(renderTable(undefined, [{ cells: ['a'], notes: ['y'.repeat(1_000_000)] }]).length < 1100);
});
