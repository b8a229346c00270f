import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { checksDocument } from '../../scripts/docs/checks-document.ts';
import { allChecks } from '../../src/doctor/all-checks.ts';
import { checkContextOf, type Subject } from '../../src/doctor/check-context.ts';
import type { Check } from '../../src/doctor/define-check.ts';
import { groups } from '../../src/doctor/define-check.ts';
import { indexSnapshot } from '../../src/exposure/snapshot-index.ts';
import { createMemo } from '../../src/snapshot/memo.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { allTopics, type Topic } from '../../src/snapshot/topics.ts';
import { sameDocument } from '../helpers/same-document.ts';
import { allScenarios, diagnosisOfScenario, snapshotOfScenario } from '../helpers/scenario.ts';

const root = resolve(import.meta.dirname, '../..');
const scenarios = allScenarios();
const book = await Promise.all(
  scenarios.map(async (scenario) => {
    const { diagnosis } = await diagnosisOfScenario(scenario);
    const { skyCluster, ports, mode } = diagnosis.metadata.subject ?? { skyCluster: '', ports: undefined, mode: null };
    const snapshot = snapshotOfScenario(scenario);
    return { scenario, diagnosis, snapshot, subject: subjectIn(snapshot, skyCluster, ports, mode) };
  }),
);

function subjectIn(snapshot: Snapshot, displayName: string, ports: Subject['ports'], mode: string | null): Subject {
  const { view } = checkContextOf(
    snapshot,
    { skyCluster: undefined, ports: undefined, mode: undefined },
    allTopics,
    [],
  );
  const skyCluster = view.skyClusters.find((each) => each.displayName === displayName);
  return { skyCluster, ports, mode: (mode ?? undefined) as Subject['mode'] };
}

test('every check is in the list once, under the id that is its file name', (t) => {
  const files = readdirSync(join(root, 'src/doctor/checks'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replace(/\.ts$/, ''));
  t.deepEqual(allChecks.map(({ id, group }) => `${group}/${id}`).sort(), files.sort());
});

test('checks stand in the order of the packet’s path', (t) => {
  const places = allChecks.map(({ group }) => groups.indexOf(group));
  t.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
});

for (const [place, check] of allChecks.entries()) {
  const { id, title, after, docs, needs, wants = [] } = check;

  test(`${id}: its title is a short fact in lower case`, (t) => {
    t.regex(title, /^(?:[a-z]|SkyPilot|Pod |EXTERNAL-IP|Ingress|Service)/);
    t.notRegex(title, /\.$/);
    t.true(title.length <= 80, `${title.length} characters`);
  });

  test(`${id}: what makes it moot stands before it`, (t) => {
    const earlier = allChecks.slice(0, place).map((each) => each.id);
    for (const cause of after) t.true(earlier.includes(cause), cause);
    t.is(new Set(after).size, after.length);
  });

  test(`${id}: its documentation is complete`, (t) => {
    for (const text of [docs().means, docs().matters, docs().fix]) t.regex(text, /^\S.{20,}[.)]$/s);
    t.true(docs().sources.length > 0);
    for (const source of docs().sources) t.regex(source, /\S{3}/);
  });

  test(`${id}: the book has it healthy and broken`, (t) => {
    const outcomes = new Set(book.map(({ diagnosis }) => diagnosis.checks[place]!.outcome));
    t.true(outcomes.has('pass'), 'no scenario in which it passes');
    t.true(outcomes.has('fail'), 'no scenario in which it fails');
  });

  test(`${id}: reads every topic that it declares`, (t) => {
    const declared = [...needs, ...wants];
    t.is(new Set(declared).size, declared.length);
    const read = new Set(book.flatMap(({ snapshot, subject }) => [...topicsRead(check, snapshot, subject)]));
    t.deepEqual([...read].sort(), declared.sort());
  });

  test(`${id}: no topic that it does not declare would change what it says`, (t) => {
    for (const { scenario, snapshot, subject } of book) {
      if (needs.some((topic) => !snapshot.topics[topic].observed)) continue;
      const others = allTopics.filter((topic) => !needs.includes(topic) && !wants.includes(topic));
      const narrow = checkContextOf(snapshot, subject, needs, wants);
      const wide = checkContextOf(snapshot, subject, needs, [...wants, ...others]);
      t.deepEqual(saidOf(check, wide), saidOf(check, narrow), scenario.name);
      // In a diagnosis, all checks share the endpoints of the whole snapshot.
      const whole = indexSnapshot(snapshot, { shared: createMemo() });
      const inDiagnosis = checkContextOf(snapshot, subject, needs, wants, whole);
      t.deepEqual(saidOf(check, inDiagnosis), saidOf(check, narrow), `${scenario.name}, with shared endpoints`);
    }
  });
}

/** The topics whose observation a check looks into. */
function topicsRead(check: Check, snapshot: Snapshot, subject: Subject): Set<Topic> {
  const read = new Set<Topic>();
  const { needs, wants = [] } = check;
  if (needs.some((topic) => !snapshot.topics[topic].observed)) return read;
  const topics = Object.fromEntries(
    allTopics.map((topic) => [
      topic,
      new Proxy(snapshot.topics[topic], {
        get(observation, property) {
          read.add(topic);
          return Reflect.get(observation, property);
        },
      }),
    ]),
  ) as unknown as Snapshot['topics'];
  saidOf(check, checkContextOf({ ...snapshot, topics }, subject, needs, wants));
  return read;
}

function saidOf(check: Check, scene: ReturnType<typeof checkContextOf>): unknown {
  const inapplicable = check.notApplicable?.(scene);
  if (inapplicable !== undefined) return inapplicable;
  const said = check.find(scene).map((finding) => [check.say(finding), check.cures(finding)]);
  return [...said, check.unsettled?.(scene)];
}

const findings = book.flatMap(({ scenario, diagnosis }) =>
  diagnosis.checks.flatMap(({ id, findings }) =>
    findings.map((finding) => ({ at: `${scenario.name} ${id}`, finding })),
  ),
);

test('every finding of the book has a cure: a command to paste, or why there is none', (t) => {
  t.true(findings.length > 30);
  for (const { at, finding } of findings) {
    const { cures } = finding;
    t.true(cures.length > 0, at);
    for (const { command, note } of cures) {
      if (command === null) t.regex(note ?? '', /\w{3}/, at);
      else
        t.regex(
          command,
          /^(?:(?:kubectl|sky|curl|minikube|microk8s|go|helm|aws|az|gcloud) [^\n|]+|echo '[^'\n]+' \| kubectl (?:apply|create) -f -)$/,
          at,
        );
    }
  }
});

test('how to fix it has no command within prose', (t) => {
  for (const { id, docs } of allChecks) {
    t.notRegex(docs().fix, /`[^`]*\b(?:kubectl|sky|curl|helm) [a-z][^`]*`/, id);
  }
});

test('no note has a command in it, and no command prose or what does harm', (t) => {
  const unknown = book.flatMap(({ scenario, diagnosis }) =>
    diagnosis.checks.flatMap(({ id, cures }) => cures.map((cure) => ({ at: `${scenario.name} ${id}`, cure }))),
  );
  t.true(unknown.length > 20, 'cures of what is unknown');
  const all = [...unknown, ...findings.flatMap(({ at, finding }) => finding.cures.map((cure) => ({ at, cure })))];
  for (const { at, cure } of all) {
    t.notRegex(cure.note ?? '', /(?:kubectl|helm|minikube|microk8s) [a-z]+ |`|sky (?:down|launch|status|logs)/, at);
    t.notRegex(cure.command ?? '', /\$\(|--overwrite|#|;| && /, at);
    if (cure.command?.startsWith('kubectl delete ')) t.regex(cure.command, / --interactive$/, at);
  }
});

test("no cure writes an object of SkyPilot's that it still has", (t) => {
  const writes = /^kubectl (?:annotate|apply|edit|label|patch|replace|scale|set|delete) /;
  const ofSkyPilot = /--skypilot-(?:lb|svc--\d+)|-skypilot-(?:serve-)?ingress|-2ea485ef-(?:head|worker)/;
  const commands = findings
    // Nothing is left of the SkyPilot cluster.
    .filter(({ at }) => at !== 'ingress-left-behind ingress-backend-exists')
    .flatMap(({ at, finding }) => finding.cures.map(({ command }) => ({ at, command: command ?? '' })));
  t.true(commands.some(({ command }) => writes.test(command)));
  for (const { at, command } of commands) if (ofSkyPilot.test(command)) t.notRegex(command, writes, at);
});

test('every finding of the book names its objects, and what it rests on', (t) => {
  for (const { at, finding } of findings) {
    t.regex(finding.message, /^\S.*[^.\s]$/, at);
    t.true(finding.objects.length > 0, `${at}: no objects`);
    t.true(finding.evidence.length > 0, `${at}: no evidence`);
    for (const { kind, name } of finding.objects) t.true(kind !== '' && name !== '', at);
  }
});

test('no healthy scenario has a finding above info', (t) => {
  const healthy = book.filter(({ scenario }) => scenario.name.startsWith('healthy-'));
  t.true(healthy.length >= 16);
  for (const { scenario, diagnosis } of healthy) {
    const loud = diagnosis.checks.filter(({ outcome, severity }) => outcome === 'fail' && severity !== 'info');
    t.deepEqual(loud, [], scenario.name);
    t.is(diagnosis.outcome, 'healthy', scenario.name);
  }
});

test('docs/checks.md is what npm run docs makes', (t) => {
  sameDocument(t, 'docs/checks.md', checksDocument(), 'run npm run docs');
});
