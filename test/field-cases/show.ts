// node test/field-cases/show.ts [NAME [live|dump]] [--save]: what doctor says of a case, and what of it is not as expected. Without a name: a
// table of all cases. With --save, the file that doctor gets.
import { allFieldCases, caseForms, caseText, type FieldCase } from '../helpers/field-case.ts';
import { answerOf, faultsOf } from '../helpers/judge-field-case.ts';

const [name, only] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const saves = process.argv.includes('--save');
const forms = caseForms.filter((form) => only === undefined || form === only);

if (name === undefined) for (const each of allFieldCases()) console.log(await rowOf(each));
else for (const each of allFieldCases().filter((one) => one.name.startsWith(name))) await show(each);

async function rowOf(fieldCase: FieldCase): Promise<string> {
  const cells = [];
  for (const form of forms) {
    const faults = [];
    for (const run of fieldCase.runs.filter((each) => each.forms.includes(form)))
      faults.push(...(await faultsOf(fieldCase, run, form)));
    cells.push(`${form} ${faults.length === 0 ? 'right' : `${faults.length} faults`}`.padEnd(16));
  }
  return `${fieldCase.name.padEnd(52)} ${cells.join(' ')} first sight ${fieldCase.firstSight}`;
}

async function show(fieldCase: FieldCase): Promise<void> {
  for (const run of fieldCase.runs) {
    for (const form of run.forms.filter((each) => forms.includes(each))) {
      if (saves) {
        console.log(caseText(fieldCase, form, run.arguments));
        continue;
      }
      console.log(`### ${fieldCase.name}, ${form}: doctor ${run.arguments.join(' ')}`);
      const { code, stdout, stderr } = await answerOf(fieldCase, form, run.arguments);
      console.log(`${stdout}${stderr}exit ${code}`);
      for (const fault of await faultsOf(fieldCase, run, form)) console.log(`!!! ${fault}`);
    }
  }
}
