import test from 'ava';
import { allChecks } from '../../src/doctor/all-checks.ts';
import { diagnosisOf } from '../../src/doctor/diagnosis.ts';
import { judge, rootCausesOf } from '../../src/doctor/judge.ts';
import { lookAtObjects } from '../../src/doctor/look-at-objects.ts';
import { portForwardHintsOf } from '../../src/doctor/port-forward-hints.ts';
import { possibleModes } from '../../src/doctor/possible-modes.ts';
import { answersOf } from '../../src/doctor/subjects/answer.ts';
import { summaryOf } from '../../src/doctor/summary.ts';
import { UsageError } from '../../src/errors/usage-error.ts';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import { resolveEndpoints } from '../../src/modes/resolve-endpoints.ts';
import { renderDiagnosis } from '../../src/output/diagnosis-text.ts';
import { renderJson } from '../../src/output/json.ts';
import { snapshotFromDump } from '../../src/snapshot/dump.ts';
import { readKubectlOutput } from '../../src/snapshot/kubectl-output.ts';
import { allScenarios, documentsOf } from '../helpers/scenario.ts';

/** All that a diagnosis of a file does. @returns the fault by which the file was refused, or undefined */
function diagnosed(documents: readonly unknown[]): string | undefined {
  try {
    const [first] = documents as Record<string, unknown>[];
    const snapshot =
      first?.kind === 'Snapshot'
        ? snapshotFromDump(first)
        : lookAtObjects(readKubectlOutput(documents), { now: '2026-11-24T12:00:00.000Z' });
    const view = indexSnapshot(snapshot);
    const selection = { only: undefined, skip: [] };
    const rows = resolveEndpoints(view);
    const answers = answersOf(rows, view);
    const everyMode = possibleModes(allChecks, snapshot);
    for (const mode of [undefined, 'ingress'] as const) {
      const subject = { skyCluster: undefined, ports: undefined, mode };
      const verdicts = judge(allChecks, snapshot, subject, selection);
      const possible = everyMode.find((each) => each.mode === mode);
      const summary = summaryOf({ verdicts, subject, selection, rows, answers, wasCalled: false, possible });
      const frame = {
        heading: '',
        paths: [],
        rootCauses: rootCausesOf(verdicts),
        summary,
        platform: [],
        possible: everyMode,
        portForwardHints: portForwardHintsOf(view, subject, rows, verdicts),
        columns: 80,
      };
      renderDiagnosis(verdicts, frame, 'wide');
      renderJson(diagnosisOf(snapshot, subject, [], verdicts, { summary, answers }));
    }
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

type Path = readonly (string | number)[];

/** Every place in a value, the value itself last. */
function* placesIn(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value === 'object' && value !== null) {
    for (const [key, field] of Object.entries(value)) {
      yield* placesIn(field, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  }
  yield path;
}

/** Another value at one place; undefined takes the field out. What leads to that place is copied, all else is shared. */
function changed(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string | number, unknown>;
  if (rest.length === 0 && by === undefined) {
    if (Array.isArray(copy)) copy.splice(Number(key), 1);
    else delete copy[key];
  } else copy[key] = changed(copy[key], rest, by);
  return copy;
}

/** What may stand anywhere: of every type, empty, absurd. */
const replacements = ['', 'abc', -7, 1e12, true, null, [], ['x'], [null], {}, { x: 1 }, undefined];

test('whatever stands in a file, it is judged or refused in a sentence, never a crash', (t) => {
  const tried = new Set<string>();
  const crashes: string[] = [];
  let refused = 0;
  for (const scenario of allScenarios()) {
    const { name } = scenario;
    const documents: unknown[] = documentsOf(scenario);
    t.is(diagnosed(structuredClone(documents)), undefined, name);
    const places = [...placesIn(documents)].filter((path) => path.length > 1);
    for (const path of places) {
      // The same field of the same topic is tried once, wherever it stands.
      const pattern = path.map((step) => (typeof step === 'number' ? '*' : step)).join('.');
      if (tried.has(pattern)) continue;
      tried.add(pattern);
      // A third of them at each place, in turn: all of them take a minute.
      for (const by of replacements.filter((_, index) => index % 3 === tried.size % 3)) {
        const mutant = changed(documents, path, structuredClone(by)) as unknown[];
        try {
          if (diagnosed(mutant) !== undefined) refused++;
        } catch (error) {
          crashes.push(
            `${name}: ${pattern} = ${JSON.stringify(by)}: ${(error as Error).stack?.split('\n', 3).join(' ')}`,
          );
        }
      }
    }
  }
  t.deepEqual(crashes, []);
  t.true(tried.size > 300 && refused > 400, `${tried.size} places, ${refused} refused`);
});

const dump = (topics: object) => [
  { apiVersion: 'skyports/v1alpha1', kind: 'Snapshot', metadata: { context: '', namespace: null }, topics },
];

for (const [topics, fault] of [
  [
    { services: { items: [{ metadata: { namespace: 'a', name: 'web' }, spec: { ports: 'abc' } }] } },
    'Service a/web is malformed: spec.ports is a text, not a list',
  ],
  [
    { pods: { items: [{ metadata: { name: 'p' }, status: { containerStatuses: 3 } }] } },
    'Pod p is malformed: status.containerStatuses is a number, not a list',
  ],
  [{ pods: { items: ['x'] } }, 'Pod is malformed: it is a text, not an object'],
  [{ events: { items: [{ metadata: {} }] } }, 'Event is malformed: involvedObject is missing'],
  [
    { ingresses: { items: [{ spec: { rules: [null] } }] } },
    'Ingress is malformed: spec.rules[0] is null, not an object',
  ],
  [
    { pods: { items: [{ metadata: { labels: { a: 1 } } }] } },
    'Pod is malformed: metadata.labels.a is a number, not a text',
  ],
  [
    { serverVersion: { items: [{ gitVersion: 1 }] } },
    'an item of serverVersion is malformed: gitVersion is a number, not a text',
  ],
  [{ pods: 'none' }, 'topic pods of the Snapshot is neither a list nor a Status'],
] as const) {
  test(fault, (t) => t.is(diagnosed(structuredClone(dump(topics))), fault));
}

test('null is the same as absent', (t) => {
  const pod = {
    metadata: { name: 'p', labels: null, annotations: null },
    spec: null,
    status: { containerStatuses: null },
  };
  t.is(
    diagnosed(
      dump({ pods: { items: [pod] }, services: { items: [{ metadata: { name: 's' }, spec: { ports: null } }] } }),
    ),
    undefined,
  );
});
