import { dumpOf } from '../../src/snapshot/dump.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { allScenarios, documentsOf, snapshotOfScenario } from '../helpers/scenario.ts';
import type { DumpDocument } from './mutations.ts';

/** A scenario of the scenario book, which tests change. */
export interface SampleDump {
  readonly name: string;
  readonly dump: DumpDocument;
  /** Words and flags for `doctor`. */
  readonly args: readonly string[];
}

/** Reads all scenarios, each as a dump that `doctor --save` would write. */
export function sampleDumps(): SampleDump[] {
  return allScenarios().map((scenario) => {
    const { name, arguments: args } = scenario;
    const [first] = documentsOf(scenario);
    return { name, dump: first.kind === 'Snapshot' ? first : dumpOf(snapshotOfScenario(scenario)), args };
  });
}

/** The formats of `doctor`. */
export const doctorFormats = ['table', 'wide', 'short', 'tree', 'markdown', 'html', 'json', 'yaml'] as const;

export type DoctorFormat = (typeof doctorFormats)[number];

/** Runs `doctor -f` on a dump, without a kubeconfig or a cluster. */
export function doctorOf(dump: DumpDocument, format: DoctorFormat, args: readonly string[] = []) {
  const input = JSON.stringify(dump);
  return skyports(['doctor', ...args, '-f', '-', '-o', format, '--probe=false'], {
    kubeconfig: '',
    input,
    cwd: '/',
    homeDirectory: '/nowhere',
  });
}
