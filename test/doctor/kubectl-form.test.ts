import test from 'ava';
import { inBothForms } from '../helpers/kubectl-form.ts';
import { allScenarios, diagnosisOfScenario } from '../helpers/scenario.ts';

const scenarios = allScenarios();

for (const scenario of scenarios) {
  const forms = inBothForms(scenario);
  if ('why' in forms) continue;
  test(`${scenario.name}: kubectl's output leads to the same root causes as the snapshot`, async (t) => {
    const { name } = scenario;
    const causesOf = async (text: string) => {
      const { diagnosis } = await diagnosisOfScenario({ name, text, arguments: forms.arguments });
      return diagnosis.rootCauses;
    };
    t.deepEqual(await causesOf(forms.kubectl), await causesOf(forms.snapshot));
  });
}

test('few scenarios have no second form, and the rest are as telling as before', async (t) => {
  const why = scenarios.map(inBothForms).flatMap((forms) => ('why' in forms ? [forms.why] : []));
  t.true(why.length < scenarios.length / 10, why.join('\n'));
});
