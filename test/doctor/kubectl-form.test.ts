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

/** Why a scenario has one form only. */
const isKubectlsOutput = "it is kubectl's output";
const hasNothingToPrint = 'no Pods and no Services may be listed';

test('each scenario with one form only is named here, with the reason', (t) => {
  const without = scenarios.flatMap((scenario) => {
    const forms = inBothForms(scenario);
    return 'why' in forms ? [[scenario.name, forms.why]] : [];
  });
  t.deepEqual(Object.fromEntries(without), {
    'api-server-unreachable': hasNothingToPrint,
    'kubectl-eks-auto-targets-not-allowed': isKubectlsOutput,
    'kubectl-ingress-all-namespaces': isKubectlsOutput,
    'kubectl-ingress-one-namespace': isKubectlsOutput,
    'kubectl-list-healthy': isKubectlsOutput,
    'kubectl-list-pending': isKubectlsOutput,
    'kubectl-metallb-without-advertisements': isKubectlsOutput,
    'kubectl-no-ingress-and-no-class': isKubectlsOutput,
    'kubectl-pods-only': isKubectlsOutput,
    'kubectl-pods-only-evicted': isKubectlsOutput,
    'kubectl-quota-of-load-balancers': isKubectlsOutput,
    'pods-and-services-forbidden': hasNothingToPrint,
  });
});
