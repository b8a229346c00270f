import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { neededWrites, triedReads } from '../../src/doctor/subjects/needed-access.ts';
import { asksForQuotas, doctorRequests, furtherLists, mostLists } from '../../src/doctor/what-to-collect.ts';
import type { ExposeMode } from '../../src/exposure/port-mode-names.ts';
import { dumpOf } from '../../src/snapshot/dump.ts';
import { answersFrom, type KubectlOutput } from '../../src/snapshot/kubectl-output.ts';
import { type Snapshot, snapshotOf, type TopicRequests } from '../../src/snapshot/snapshot.ts';
import { allTopics, itemsOf, type Topic, topicRows } from '../../src/snapshot/topics.ts';
import type { Json } from './cluster.ts';
import type { AnsweringCluster } from './narrowed.ts';
import { withPatch } from './scenario-difference.ts';

/** A situation that people met in public. test/field-cases/README.md has the format. */
export interface FieldCase {
  readonly name: string;
  readonly source: string;
  readonly also: readonly string[];
  readonly wrong: string;
  readonly shown: string;
  readonly settled: string;
  /** `first`: one of those that the collection began with. */
  readonly set: 'first' | 'further';
  readonly firstSight: FirstSight;
  readonly runs: readonly ExpectedRun[];
  /** All objects of the cluster, those of the base included. */
  readonly objects: readonly Json[];
  readonly live: Json;
}

/** What the doctor has to say of a run. */
export interface ExpectedRun {
  readonly forms: readonly CaseForm[];
  readonly arguments: readonly string[];
  readonly exit: number;
  /** `some`: at least one. */
  readonly rootCauses: readonly string[] | 'some';
  /** Texts that are printed; of each list, one is enough. */
  readonly says: readonly (readonly string[])[];
  readonly saysNot: readonly string[];
  /** Parts of suggested commands; of each list, one is enough. */
  readonly cures: readonly (readonly string[])[];
}

/** What `doctor --save` writes, and what `kubectl get -A -o yaml` prints. */
export const caseForms = ['live', 'dump'] as const;
export type CaseForm = (typeof caseForms)[number];

export const firstSights = ['right', 'partly', 'wrong', 'silent', 'false alarm'] as const;
type FirstSight = (typeof firstSights)[number];

const folder = resolve(import.meta.dirname, '../field-cases');

/** All cases, by name. */
export function allFieldCases(): FieldCase[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return files.sort().map((file) => readFieldCase(file.slice(0, -5), readFileSync(join(folder, file), 'utf8')));
}

/** Reads a case. @throws Error when it is malformed */
export function readFieldCase(name: string, text: string): FieldCase {
  const { about, runs } = headerOf(name, text);
  const one = (key: string) => {
    const [value, second] = about.get(key) ?? [];
    if (value === undefined || second !== undefined) throw malformed(name, `"${key}" has to be there once`);
    return value;
  };
  const firstSight = one('first sight') as FirstSight;
  if (!firstSights.includes(firstSight)) throw malformed(name, `first sight is none of ${firstSights.join(', ')}`);
  const document = parse(text);
  return {
    name,
    source: one('source'),
    also: about.get('also') ?? [],
    wrong: one('wrong'),
    shown: one('shown'),
    settled: one('settled'),
    set: about.has('set') ? 'first' : 'further',
    firstSight,
    runs: runs.map((run) => expectedRun(name, run)),
    objects: [...ofEveryCluster, ...objectsOf(document)].map(filledIn),
    live: document.live ?? {},
  };
}

type Entries = ReadonlyMap<string, readonly string[]>;
const aboutKeys = ['source', 'also', 'wrong', 'shown', 'settled', 'set', 'first sight'];
const runKeys = ['run', 'run live', 'run dump', 'exit', 'root causes', 'says', 'says not', 'cure'];

function headerOf(name: string, text: string): { about: Entries; runs: readonly Entries[] } {
  const about = new Map<string, string[]>();
  const runs: Map<string, string[]>[] = [];
  let last: string[] | undefined;
  for (const line of text.split('\n')) {
    if (!line.startsWith('#')) break;
    const continued = /^# {2,}(\S.*)$/.exec(line);
    const [, key = '', value = ''] = /^# ([a-z ]+): (\S.*)$/.exec(line) ?? [];
    if (continued && last) {
      last.push(`${last.pop()} ${continued[1]}`);
      continue;
    }
    if (key.split(' ')[0] === 'run') runs.push(new Map());
    const entries = aboutKeys.includes(key) ? about : runKeys.includes(key) ? runs.at(-1) : undefined;
    if (!entries) throw malformed(name, `"${line}" is no key that is known here`);
    last = entries.get(key) ?? [];
    last.push(value.trim());
    entries.set(key, last);
  }
  if (runs.length === 0) throw malformed(name, '"run" is missing');
  return { about, runs };
}

function expectedRun(name: string, run: Entries): ExpectedRun {
  const [key, [words]] = [...run].find(([each]) => each.startsWith('run')) as [string, string[]];
  const [, form] = key.split(' ');
  const all = (each: string) => run.get(each) ?? [];
  const [exit = '', ...exits] = all('exit');
  const [rootCauses, ...others] = all('root causes');
  if (!/^[034]$/.test(exit) || exits.length > 0) throw malformed(name, `the exit of run "${words}" is not 0, 3 or 4`);
  if (rootCauses === undefined || others.length > 0) throw malformed(name, `run "${words}" has no root causes`);
  const alternatives = (texts: readonly string[]) => texts.map((text) => text.split(' | '));
  return {
    forms: form ? [form as CaseForm] : caseForms,
    arguments: words === '(none)' ? [] : words!.split(/\s+/),
    exit: Number(exit),
    rootCauses: rootCauses === 'some' ? 'some' : rootCauses === 'none' ? [] : rootCauses.split(/,\s*/),
    says: alternatives(all('says')),
    saysNot: all('says not'),
    cures: alternatives(all('cure')),
  };
}

function malformed(name: string, why: string): Error {
  return new Error(`test/field-cases/${name}.yaml: malformed: ${why}`);
}

/** What every cluster has. */
const ofEveryCluster: readonly Json[] = [
  {
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default' },
    spec: { type: 'ClusterIP', ports: [{ name: 'https', port: 443, targetPort: 6443, protocol: 'TCP' }] },
    status: { loadBalancer: {} },
  },
  {
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace: 'kube-system' },
    spec: {
      type: 'ClusterIP',
      ports: [{ name: 'dns', port: 53, targetPort: 53, protocol: 'UDP' }],
      selector: { 'k8s-app': 'kube-dns' },
    },
    status: { loadBalancer: {} },
  },
];

const keyOf = ({ kind, metadata: { namespace, name } }: Json) => `${kind} ${namespace ? `${namespace}/` : ''}${name}`;

/** The objects of the base, without some, with the differences of the document. */
function objectsOf({ base, without = [], objects = [] }: Json): Json[] {
  const inherited =
    base === undefined ? [] : objectsOf(parse(readFileSync(join(folder, 'bases', `${base}.yaml`), 'utf8')));
  const byKey = new Map(inherited.map((object) => [keyOf(object), object]));
  for (const key of without) if (!byKey.delete(key)) throw new Error(`base ${base} has no ${key}`);
  for (const object of objects) byKey.set(keyOf(object), withPatch(byKey.get(keyOf(object)), object) as Json);
  return [...byKey.values()];
}

function filledIn({ kind, apiVersion, metadata, ...rest }: Json): Json {
  const row = Object.values(topicRows).find((each) => each.kind === kind);
  const creationTimestamp = '2026-11-28T09:00:00Z';
  return {
    apiVersion: apiVersion ?? row?.apiVersion ?? 'v1',
    kind,
    metadata: { creationTimestamp, ...metadata },
    ...rest,
  };
}

/** What the doctor gets with `-f`. */
export function caseText(fieldCase: FieldCase, form: CaseForm, args: readonly string[]): string {
  if (form === 'dump') return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: fieldCase.objects });
  return JSON.stringify(dumpOf(liveLook(fieldCase, args)));
}

/** The snapshot that a look at such a cluster gives: of one namespace if a SkyPilot cluster is named. */
function liveLook(fieldCase: FieldCase, args: readonly string[]): Snapshot {
  const namespace = args[0] === undefined || args[0].startsWith('-') ? null : 'default';
  const mode = args.includes('--mode') ? (args[args.indexOf('--mode') + 1] as ExposeMode) : undefined;
  const name = namespace === null ? undefined : args[0];
  const requests = doctorRequests({ namespace }, asksForQuotas(mode, name, namespace));
  const { about, answer, given } = clusterIn(fieldCase, namespace);
  const first = { ...about, topics: { ...about.topics, ...answer(requests) } };
  const further = answer(furtherLists(first, mostLists - Object.keys(requests).length));
  const reviews = [...triedReads(first), ...itemsOf(about.topics.accessReviews)];
  const accessReviews = { ...about.topics.accessReviews, items: reviews } as Snapshot['topics']['accessReviews'];
  return { ...first, topics: { ...first.topics, ...further, accessReviews, ...given } };
}

/** The cluster of a case as the API server shows it in one namespace. */
export function liveCluster(fieldCase: FieldCase): AnsweringCluster {
  const { about, answer } = clusterIn(fieldCase, 'default');
  return { about: { ...about, namespace: 'default' }, answer };
}

/** What is known of a case without a list, and the answers to lists. */
function clusterIn({ objects, live }: FieldCase, namespace: string | null) {
  const { context = 'prod', takenAt = '2026-11-28T12:00:00.000Z', serverVersion = 'v1.33.4', apiGroups = [] } = live;
  const observed = (items: readonly Json[]) => ({ observed: true, items, resourceVersion: '', cutOff: false });
  const kinds = Object.values(topicRows).flatMap(({ kind }) => (kind === undefined ? [] : [kind]));
  const groups = objects.flatMap(({ apiVersion }) => (apiVersion.includes('/') ? [apiVersion.split('/')[0]] : []));
  const cluster: KubectlOutput = {
    objects: new Map(kinds.map((kind) => [kind, structuredClone(objects.filter((each) => each.kind === kind))])),
    isWhole: true,
    ...{ namespace: null, apiGroups: [], newest: undefined },
  };
  const reviews = neededWrites(namespace).map((resourceAttributes) => ({
    spec: { resourceAttributes },
    status: { allowed: true },
  }));
  const others = Object.entries<Json[]>(live.topics ?? {}).map(([topic, items]) => [topic, observed(items)]);
  const topics = {
    serverVersion: observed([{ gitVersion: serverVersion }]),
    apiGroups: observed([...new Set([...ordinaryGroups, ...groups, ...apiGroups])].map((name) => ({ name }))),
    skyConfig: observed([]),
    accessReviews: observed(reviews),
    ...(live.probes && { probes: observed(live.probes.map(withDefaults)) }),
    ...(live.podProbes && { podProbes: observed(live.podProbes) }),
  } as unknown as Partial<Snapshot['topics']>;
  const given = Object.fromEntries(others) as Partial<Snapshot['topics']>;
  return {
    about: snapshotOf({ context, namespace, takenAt }, topics),
    answer: (requests: TopicRequests) => {
      const asked = Object.keys(requests) as Topic[];
      const overridden = asked.flatMap((topic) => (given[topic] ? [[topic, given[topic]]] : []));
      return { ...answersFrom(cluster, requests), ...Object.fromEntries(overridden) } as Partial<Snapshot['topics']>;
    },
    given,
  };
}

const ordinaryGroups = ['apps', 'networking.k8s.io', 'discovery.k8s.io'];

/** A call that was answered by nothing yet. */
function withDefaults(probe: Json): Json {
  return {
    ...{ scheme: 'http', host: probe.address, path: '', proxy: null, names: [], certificate: null, http: null },
    connection: { outcome: 'open', code: '' },
    ...probe,
  };
}

/** Topics of `live` that are no topics. */
export function unknownTopics({ live }: FieldCase): string[] {
  return Object.keys(live.topics ?? {}).filter((topic) => !(allTopics as readonly string[]).includes(topic));
}
