import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Diagnosis } from '../../src/doctor/diagnosis.ts';
import { lookAtObjects } from '../../src/doctor/look-at-objects.ts';
import { snapshotFromDump } from '../../src/snapshot/dump.ts';
import { readKubectlOutput } from '../../src/snapshot/kubectl-output.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import type { Json } from './cluster.ts';
import { skyports } from './run-skyports.ts';
import { type Difference, withDifference } from './scenario-difference.ts';

/** One file of the scenario book: a dump, and what the doctor has to say of it. test/scenarios/README.md has the format. */
export interface Scenario {
  readonly name: string;
  /** What the doctor is given with `-f`: the dump, its base included. */
  readonly text: string;
  readonly wrong: string;
  readonly arguments: readonly string[];
  readonly rootCauses: readonly string[];
  /** Ids of all failing checks, in order. */
  readonly findings: readonly string[];
  /** Ids of the checks that could not be judged; undefined is not compared. */
  readonly unknown: readonly string[] | undefined;
  /** `skipped -> because of`; undefined is not compared. */
  readonly skipped: readonly string[] | undefined;
  readonly exit: number;
}

const folder = resolve(import.meta.dirname, '../scenarios');
const required = ['wrong', 'root causes', 'findings', 'exit'];
const known = [...required, 'arguments', 'unknown', 'skipped because of'];
let book: readonly Scenario[] | undefined;

/** All scenarios, by name. */
export function allScenarios(): readonly Scenario[] {
  book ??= yamlNames(folder).map((name) => readScenario(name, textOf(name)));
  return book;
}

/** The scenario of a name. @throws Error when there is none */
export function scenarioNamed(name: string): Scenario {
  const found = allScenarios().find((each) => each.name === name);
  if (!found) throw new Error(`there is no scenario ${name}`);
  return found;
}

/** Names of the files in `test/scenarios/bases`, which are not judged by themselves. */
export function allBases(): string[] {
  return yamlNames(join(folder, 'bases'));
}

function yamlNames(inFolder: string): string[] {
  const files = readdirSync(inFolder).filter((file) => file.endsWith('.yaml'));
  return files.map((file) => file.slice(0, -5)).sort();
}

/** What the file of a scenario or of a base holds. */
export function textOf(name: string): string {
  const base = join(folder, 'bases', `${name}.yaml`);
  return readFileSync(existsSync(base) ? base : join(folder, `${name}.yaml`), 'utf8');
}

/** What a file of the book says: a base and a difference, or (with no base) whole documents. @throws Error when it is not YAML */
export function pageIn(text: string): { base?: string; difference: Difference; documents: Json[] } {
  const documents = parseAllDocuments(text).map((document) => {
    if (document.errors[0]) throw document.errors[0];
    return document.toJS();
  });
  const { base, ...difference } = documents[0];
  return { base, difference, documents };
}

const dumps = new Map<string, Json>();

/** The dump of a scenario or of a base, the base's own base included. */
export function dumpNamed(name: string): Json {
  const read = dumps.get(name);
  if (read) return read;
  const { base, difference, documents } = pageIn(textOf(name));
  const dump = base === undefined ? documents[0] : withDifference(dumpNamed(base), difference);
  dumps.set(name, dump);
  return dump;
}

/** Reads a scenario. @throws Error when it is malformed */
export function readScenario(name: string, text: string): Scenario {
  const header = headerOf(name, text);
  const ids = (key: string) => (header.has(key) ? idsIn(header.get(key)!) : undefined);
  const exit = header.get('exit')!;
  if (!/^[034]$/.test(exit)) throw malformed(name, `exit is "${exit}" and not 0, 3 or 4`);
  const { base, difference } = pageIn(text);
  return {
    name,
    text: base === undefined ? text : JSON.stringify(withDifference(dumpNamed(base), difference)),
    wrong: header.get('wrong')!,
    arguments: header.get('arguments')?.split(/\s+/) ?? [],
    rootCauses: ids('root causes')!,
    findings: ids('findings')!,
    unknown: ids('unknown'),
    skipped: ids('skipped because of'),
    exit: Number(exit),
  };
}

function headerOf(name: string, text: string): Map<string, string> {
  const header = new Map<string, string>();
  let last = '';
  for (const line of text.split('\n')) {
    if (!line.startsWith('#')) break;
    const continued = /^# {2,}(\S.*)$/.exec(line);
    const entry = /^# ([a-z ]+): (\S.*)$/.exec(line);
    if (continued && last) header.set(last, `${header.get(last)} ${continued[1]}`);
    else if (!entry) throw malformed(name, `"${line}" is no "# key: value"`);
    else if (!known.includes(entry[1]!)) throw malformed(name, `there is no key "${entry[1]}"`);
    else if (header.has(entry[1]!)) throw malformed(name, `"${entry[1]}" is there twice`);
    else header.set(entry[1]!, entry[2]!.trim());
    if (entry) last = entry[1]!;
  }
  for (const key of required) if (!header.has(key)) throw malformed(name, `"${key}" is missing`);
  return header;
}

function idsIn(text: string): string[] {
  return text === 'none' ? [] : text.split(',').map((id) => id.trim());
}

function malformed(name: string, why: string): Error {
  return new Error(`test/scenarios/${name}.yaml: malformed header: ${why}`);
}

/** What the doctor says of a scenario, in this process, without kubeconfig, cluster, home or network. */
export function diagnose(scenario: Pick<Scenario, 'text' | 'arguments'>, ...flags: readonly string[]) {
  const args = ['doctor', ...scenario.arguments, '-f', '-', ...flags];
  return skyports(args, { kubeconfig: '', cwd: folder, homeDirectory: folder, input: scenario.text });
}

/** The diagnosis of a scenario as a value, and the exit code. */
export async function diagnosisOfScenario(scenario: Pick<Scenario, 'name' | 'text' | 'arguments'>) {
  const { code, stdout, stderr } = await diagnose(scenario, '-o', 'json');
  if (stdout === '') throw new Error(`${scenario.name}: exit code ${code}: ${stderr}`);
  return { code, diagnosis: JSON.parse(stdout) as Diagnosis };
}

/** The documents that the doctor is given; each call returns new ones. */
export function documentsOf({ text }: Pick<Scenario, 'text'>): Json[] {
  return text.startsWith('{') ? [JSON.parse(text)] : pageIn(text).documents;
}

/** What the doctor is given, before it judges. */
export function snapshotOfScenario(scenario: Pick<Scenario, 'text'>): Snapshot {
  const documents = documentsOf(scenario);
  const [first] = documents;
  return first.kind === 'Snapshot'
    ? snapshotFromDump(first)
    : lookAtObjects(readKubectlOutput(documents), new Date().toISOString());
}
