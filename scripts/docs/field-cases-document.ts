import type { Diagnosis } from '../../src/doctor/diagnosis.ts';
import { allFieldCases, type FieldCase } from '../../test/helpers/field-case.ts';
import { answerOf, faultsOf } from '../../test/helpers/judge-field-case.ts';

/** docs/field-cases.md: each case with its source, the facts in the source, and the doctor's current answer. */
export async function fieldCasesDocument(): Promise<string> {
  const cases = allFieldCases();
  const first = cases.filter(({ set }) => set === 'first');
  const further = cases.filter(({ set }) => set === 'further');
  return `# Field cases

Made by \`npm run docs\` from \`test/field-cases\`; edit there.

The scenario book (\`test/scenarios\`) holds faults that this project thought of, so it shows that \`doctor\` says what it was written to say. Field
cases are situations that people reported in public, rebuilt from what their threads show: the objects, the events and conditions in their own
words, and the calls that were tried. The expected answer is what settled the thread.

## How a case is made and judged

1. A user reports that a port, a load balancer or an Ingress does not work. The thread shows what the cluster said, and ends in a cause.
2. The header gets the source, what it shows, how it was settled, and the expected answer: exit code, root causes, texts that must be printed and
   texts that must not, and the command that fixes it. This is committed before \`doctor\` runs on the case for the first time.
3. The first answer is compared and noted as *first sight*: \`right\`; \`partly\`, the cause without its cure or with a wrong one beside it; \`wrong\`;
   \`silent\`; or \`false alarm\`. It stays as it is when \`doctor\` improves.
   An expected answer changes only if it was wrong or if a check was added that is more specific; the commit says which and why. Eight cases
   got the id of such a check after their first run, and one of them (istio-43056, as a List) also exit code 3, because its objects show the cause.
4. \`npx ava test/field-cases\` judges each case twice: as the snapshot that \`doctor --save\` collects in such a cluster, with the calls, and as the List
   that \`kubectl get -A -o yaml\` prints of it.

A case is an example of its kind. What is fixed is the kind: no code knows a case. [test/field-cases/README.md](../test/field-cases/README.md) has the format.

What a thread does not show is not known: a rebuilt cluster has the objects that matter to the report, and ordinary ones around them. Names,
addresses and accounts are examples.

## The first cases

${await sectionOf(first)}

## Further cases

${await sectionOf(further)}
`;
}

async function sectionOf(cases: readonly FieldCase[]): Promise<string> {
  if (cases.length === 0) return 'None yet.';
  const rows = [];
  for (const each of cases) rows.push(await rowOf(each));
  const right = (count: number) => `${count} of ${cases.length}`;
  return `At first sight ${right(cases.filter(({ firstSight }) => firstSight === 'right').length)} were right; now ${right(rows.filter(({ isRight }) => isRight).length)} are, in both forms.

| case | the source shows | \`doctor\` says | first sight | now |
|---|---|---|---|---|
${rows.map(({ line }) => line).join('\n')}`;
}

async function rowOf(fieldCase: FieldCase): Promise<{ readonly line: string; readonly isRight: boolean }> {
  const { name, source, also, shown, firstSight, runs } = fieldCase;
  const faults = [];
  for (const run of runs) for (const form of run.forms) faults.push(...(await faultsOf(fieldCase, run, form)));
  // Removes ages, because they change from day to day.
  const run = runs.find(({ forms }) => forms.includes('live')) ?? runs[0]!;
  const { stdout } = await answerOf(fieldCase, run.forms[0]!, run.arguments, '-o', 'json');
  const { rootCauses, summary }: Diagnosis = JSON.parse(stdout);
  const says = [...rootCauses.map((id) => `[${id}](checks.md#${id})`), summary.text].join(', ');
  const sources = [source, ...also].map((url) => `[${threadOf(url)}](${url})`).join(', ');
  const isRight = faults.length === 0;
  const cells = [
    `[\`${name}\`](../test/field-cases/${name}.yaml): ${sources}`,
    shown,
    says,
    firstSight,
    isRight ? 'right' : 'not yet',
  ];
  return { line: `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`, isRight };
}

/** The text of a link: `owner/name#12` for a thread on GitHub, else the host. */
function threadOf(url: string): string {
  const [, repository, number] =
    /^https:\/\/github\.com\/([^/]+\/[^/]+)\/(?:issues|pull|discussions)\/(\d+)/.exec(url) ?? [];
  return repository ? `${repository}#${number}` : new URL(url).host;
}
