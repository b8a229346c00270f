import type { Diagnosis } from '../../src/doctor/diagnosis.ts';
import { type CaseForm, caseText, type ExpectedRun, type FieldCase } from './field-case.ts';
import { diagnose } from './scenario.ts';

/** What the doctor prints of a case in one form. */
export function answerOf(fieldCase: FieldCase, form: CaseForm, args: readonly string[], ...flags: readonly string[]) {
  return diagnose({ text: caseText(fieldCase, form, args), arguments: args }, ...flags);
}

/** What of a run's answer is not as expected, one line each; none if it is right. */
export async function faultsOf(fieldCase: FieldCase, run: ExpectedRun, form: CaseForm): Promise<string[]> {
  const [shown, data] = [
    await answerOf(fieldCase, form, run.arguments),
    await answerOf(fieldCase, form, run.arguments, '-o', 'json'),
  ];
  if (data.stdout === '') return [`exit ${data.code}: ${data.stderr.trim()}`];
  const text = shown.stdout.replace(/\s+/g, ' ');
  const { rootCauses, checks }: Diagnosis = JSON.parse(data.stdout);
  const commands = checks
    .flatMap(({ cures, findings }) => [...cures, ...findings.flatMap((finding) => finding.cures)])
    .map(({ command }) => command ?? '');
  const has = (wanted: readonly string[], within: readonly string[]) =>
    wanted.some((each) => within.some((one) => one.includes(each)));
  const isRightCause = run.rootCauses === 'some' ? rootCauses.length > 0 : `${rootCauses}` === `${run.rootCauses}`;
  return [
    ...(data.code === run.exit ? [] : [`exit ${data.code}, not ${run.exit}`]),
    ...(isRightCause
      ? []
      : [`root causes ${rootCauses.join(', ') || 'none'}, not ${[run.rootCauses].flat().join(', ') || 'none'}`]),
    ...run.says.filter((each) => !has(each, [text])).map((each) => `does not say: ${each.join(' | ')}`),
    ...run.saysNot.filter((each) => text.includes(each)).map((each) => `says: ${each}`),
    ...run.cures.filter((each) => !has(each, commands)).map((each) => `does not suggest: ${each.join(' | ')}`),
  ];
}
