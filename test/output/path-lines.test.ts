import test from 'ava';
import { leftText } from '../../src/output/path-lines.ts';

test('paths that are not shown are counted: broken ones, and those that are not broken', (t) => {
  t.is(leftText({ broken: 0, others: 0 }), undefined);
  t.is(leftText({ broken: 0, others: 18 }), 'and 18 more that are not broken; -o tree shows every port');
  t.is(
    leftText({ broken: 2, others: 18 }),
    'and 2 more that are broken, 18 more that are not broken; -o tree shows every port',
  );
});
