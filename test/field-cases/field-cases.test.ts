import test from 'ava';
import { fieldCasesDocument } from '../../scripts/docs/field-cases-document.ts';
import { allFieldCases, readFieldCase, unknownTopics } from '../helpers/field-case.ts';
import { faultsOf } from '../helpers/judge-field-case.ts';
import { sameDocument } from '../helpers/same-document.ts';

const fieldCases = allFieldCases();

for (const fieldCase of fieldCases) {
  test(`${fieldCase.name} has live topics that exist`, (t) => {
    t.deepEqual(unknownTopics(fieldCase), []);
  });
  for (const run of fieldCase.runs) {
    for (const form of run.forms) {
      test(`${fieldCase.name}, ${form}: doctor ${run.arguments.join(' ')}`, async (t) => {
        t.deepEqual(await faultsOf(fieldCase, run, form), []);
      });
    }
  }
}

test('docs/field-cases.md has every case', async (t) => {
  sameDocument(t, 'docs/field-cases.md', await fieldCasesDocument(), 'run npm run docs');
});

const good = `# source: https://example.com/1
# wrong: one thing
#   and another
# shown: words
# settled: thus
# first sight: wrong
# run: train 8888
# exit: 3
# root causes: a, b
# says: one | two
# run dump: (none)
# exit: 0
# root causes: none
objects: []
`;

test('a header is read: long values, runs, alternatives', (t) => {
  const { wrong, runs } = readFieldCase('x', good);
  const nothing = { says: [], saysNot: [], cures: [] };
  t.is(wrong, 'one thing and another');
  t.deepEqual(runs, [
    {
      ...{ forms: ['live', 'dump'], arguments: ['train', '8888'], exit: 3, rootCauses: ['a', 'b'] },
      ...{ ...nothing, says: [['one', 'two']] },
    },
    { forms: ['dump'], arguments: [], exit: 0, rootCauses: [], ...nothing },
  ]);
});

for (const [name, header] of [
  ['without an exit code', good.replace('# exit: 3\n', '')],
  ['without a run', good.split('# run')[0]!],
  ['with an unknown key', good.replace('# says', '# tells')],
  ['without a source', good.replace(/# source.*\n/, '')],
  ['with an unknown first sight', good.replace('sight: wrong', 'sight: fine')],
] as const) {
  test(`a header ${name} is malformed`, (t) => {
    t.throws(() => readFieldCase('x', header), { message: /malformed/ });
  });
}
