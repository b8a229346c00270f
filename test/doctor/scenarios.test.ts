import test from 'ava';
import { allScenarios, diagnosisOfScenario, readScenario } from '../helpers/scenario.ts';

const scenarios = allScenarios();

for (const scenario of scenarios) {
  test(`${scenario.name}: ${scenario.wrong}`, async (t) => {
    const { code, diagnosis } = await diagnosisOfScenario(scenario);
    const { checks, rootCauses } = diagnosis;
    const idsWith = (wanted: string) => checks.filter(({ outcome }) => outcome === wanted).map(({ id }) => id);
    const consequences = checks.flatMap(({ id, reason }) =>
      reason?.startsWith('because of ') ? [`${id} -> ${reason.slice('because of '.length)}`] : [],
    );
    t.deepEqual(
      {
        rootCauses,
        findings: idsWith('fail'),
        ...(scenario.unknown && { unknown: idsWith('unknown') }),
        ...(scenario.skipped && { skipped: consequences }),
        exit: code,
      },
      {
        rootCauses: [...scenario.rootCauses],
        findings: [...scenario.findings],
        ...(scenario.unknown && { unknown: [...scenario.unknown] }),
        ...(scenario.skipped && { skipped: [...scenario.skipped] }),
        exit: scenario.exit,
      },
    );
  });
}

const good = '# wrong: nothing\n# root causes: none\n# findings: none\n# exit: 0\nkind: List\nitems: []\n';

test('a header is read, long values over several lines', (t) => {
  const { wrong, rootCauses, exit } = readScenario('x', good.replace('nothing', 'one thing\n#   and another'));
  t.deepEqual({ wrong, rootCauses, exit }, { wrong: 'one thing and another', rootCauses: [], exit: 0 });
});

for (const [name, header] of [
  ['without an exit code', good.replace('# exit: 0\n', '')],
  ['with a word for an exit code', good.replace('exit: 0', 'exit: fine')],
  ['with an unknown key', good.replace('# findings', '# finding')],
  ['with a key given twice', `# exit: 0\n${good}`],
  ['with a comment that is no key', `# hello\n${good}`],
  ['that is missing', 'kind: List\nitems: []\n'],
] as const) {
  test(`a header ${name} is malformed`, (t) => {
    t.throws(() => readScenario('x', header), { message: /malformed header/ });
  });
}
