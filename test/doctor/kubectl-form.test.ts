import test from 'ava';
import { inBothForms } from '../helpers/kubectl-form.ts';
import { allScenarios, diagnosisOfScenario } from '../helpers/scenario.ts';

const scenarios = allScenarios();

for (const scenario of scenarios) {
  const forms = inBothForms(scenario);
  if ('why' in forms) continue;
  test(`${scenario.name}: kubectl's output leads to the same root causes as the snapshot, in the same words`, async (t) => {
    const { name } = scenario;
    const judged = async (text: string) => {
      const { diagnosis } = await diagnosisOfScenario({ name, text, arguments: forms.arguments });
      const { rootCauses, checks } = diagnosis;
      return {
        rootCauses,
        findings: checks.flatMap(({ id, findings }) => findings.map((each) => `${id}: ${each.message}`)),
      };
    };
    t.deepEqual(await judged(forms.kubectl), await judged(forms.snapshot));
  });
}

test('few scenarios have no second form', (t) => {
  const why = scenarios.map(inBothForms).flatMap((forms) => ('why' in forms ? [forms.why] : []));
  t.true(why.length < scenarios.length / 10, why.join('\n'));
});
