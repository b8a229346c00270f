import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Diagnosis } from '../../src/doctor/diagnosis.ts';
import { snapshotFromDump, snapshotFromObjects } from '../../src/snapshot/dump.ts';
import type { Snapshot } from '../../src/snapshot/snapshot.ts';
import { skyports } from './run-skyports.ts';

/** One file of the scenario book: a dump, and what the doctor has to say of it. test/scenarios/README.md has the format. */
export interface Scenario {
  readonly name: string;
  readonly file: string;
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

/** All scenarios, by name. */
export function allScenarios(): Scenario[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return files.sort().map((file) => readScenario(file.slice(0, -5), readFileSync(join(folder, file), 'utf8')));
}

/** Reads a scenario's header. @throws Error when it is malformed */
export function readScenario(name: string, text: string): Scenario {
  const header = headerOf(name, text);
  const ids = (key: string) => (header.has(key) ? idsIn(header.get(key)!) : undefined);
  const exit = header.get('exit')!;
  if (!/^[034]$/.test(exit)) throw malformed(name, `exit is "${exit}" and not 0, 3 or 4`);
  return {
    name,
    file: join(folder, `${name}.yaml`),
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
export async function diagnose(scenario: Pick<Scenario, 'file' | 'arguments'>, ...flags: readonly string[]) {
  const args = ['doctor', ...scenario.arguments, '-f', scenario.file, ...flags];
  const { code, stdout, stderr } = await skyports(args, { kubeconfig: '', cwd: folder, homeDirectory: folder });
  return { code, stdout, stderr };
}

/** The diagnosis of a scenario as a value, and the exit code. */
export async function diagnosisOfScenario(scenario: Pick<Scenario, 'name' | 'file' | 'arguments'>) {
  const { code, stdout, stderr } = await diagnose(scenario, '-o', 'json');
  if (stdout === '') throw new Error(`${scenario.name}: exit code ${code}: ${stderr}`);
  return { code, diagnosis: JSON.parse(stdout) as Diagnosis };
}

/** What the doctor is given, before it judges. */
export function snapshotOfScenario({ file }: Pick<Scenario, 'file'>): Snapshot {
  const documents = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS());
  const [first] = documents;
  return first.kind === 'Snapshot' ? snapshotFromDump(first) : snapshotFromObjects(documents, new Date().toISOString());
}
