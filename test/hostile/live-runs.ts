import { type RunOutcome, skyports } from '../helpers/run-skyports.ts';
import type { HostileCluster, HostileWorld } from './live-world.ts';
import { everyControl, options, shellWords } from './texts.ts';

/** One call of the plugin and its output. */
export interface Run extends RunOutcome {
  readonly args: readonly string[];
}

const fields = '{range .items[*]}{.skyCluster} {.url} {.reason} {.skyPilot.because} {.source}{"\\n"}{end}';

/** Calls that look at the whole namespace, in every format. */
export function callsOfNamespace({ namespace, controller }: HostileWorld): string[][] {
  const endpoints = ['endpoints', '--ingress-service', controller];
  const doctor = ['doctor', '-n', namespace, '--ingress-service', controller];
  const outputs = ['wide', 'json', 'yaml', 'name', 'url', `jsonpath=${fields}`, 'jsonpath={.}'];
  return [
    endpoints,
    ...outputs.map((format) => [...endpoints, '-o', format]),
    [...endpoints, '--no-headers'],
    [...endpoints, '--mode', 'nodeport'],
    [...endpoints, '--wait=1s'],
    [...endpoints, '-v=8'],
    [...endpoints, '-v=10'],
    ['endpoints', 'h'],
    ['endpoints', 'unknown'],
    doctor,
    ...['wide', 'short', 'json', 'yaml'].map((format) => [...doctor, '-o', format]),
    [...doctor, '--fix', '--dry-run'],
    [...doctor, '--redact', '-o', 'json'],
    ['prune', '--dry-run'],
    ['prune', '--dry-run', '--include-skypilot'],
    ['annotate', '--show', '--ingress-service', controller],
    ['annotate', '203.0.113.9', '--force', '--dry-run', '--ingress-service', controller],
    ['annotate', '--remove', '--dry-run', '--ingress-service', controller],
  ];
}

/** Calls about one SkyPilot cluster, by its name on the cloud. */
export function callsOfCluster({ nameOnCloud: name }: HostileCluster): string[][] {
  return [
    ['endpoints', '-l', `skypilot-cluster-name=${name}`, '--mode', 'nodeport'],
    ['unexpose', name, '-y'],
    ['unexpose', name, '9999', '-y'],
    ['expose', name, '8888', '--dry-run'],
  ];
}

/** Slower calls, for a few clusters only: they wait, write, or print much. */
export function furtherCallsOfCluster({ nameOnCloud: name }: HostileCluster): string[][] {
  return [
    ['endpoints', name, '-o', 'sky'],
    ['endpoints', name, '--wait=200ms'],
    ['expose', name, '9000', '--mode', 'ingress', '--dry-run=server', '-o', 'yaml'],
    ['expose', name, '9000', '--wait=200ms'],
    ['unexpose', name, '9000', '-y'],
    ['doctor', name, '-o', 'wide'],
    ['doctor', name, '--wait=200ms'],
  ];
}

/** Calls with a text in place of a name. */
export function callsWith(text: string): string[][] {
  return [
    ['endpoints', text],
    ['doctor', text, '8888'],
    ['expose', text, '8888', '--dry-run'],
    ['unexpose', text, '-y'],
    ['annotate', text, '--dry-run'],
    ['endpoints', '-o', text],
    ['endpoints', '-l', text],
    ['endpoints', '--context', text],
    ['endpoints', '--kubeconfig', text.replaceAll('\0', '')],
    ['doctor', '--explain', text],
    ['doctor', '-f', text.replaceAll('\0', '')],
    ['config', text],
    [text],
  ];
}

/** What a shell's completion asks. Most display names begin with z, all names on the cloud with h. */
export const completions = [
  ...['endpoints', 'doctor', 'expose', 'unexpose', 'forward'].map((command) => [command, '']),
  ['endpoints', 'z'],
  ['endpoints', '--port', ''],
  ['doctor', 'h00-2ea485ef', ''],
];

/** The clusters whose names a shell or a program can misread, and one with every control character. */
export function tryingNames({ clusters }: HostileWorld): HostileCluster[] {
  const texts = new Set([everyControl, ...shellWords, ...options].map(({ text }) => text));
  return clusters.filter(({ displayName }) => texts.has(displayName));
}

/** Runs calls in this process, one after the other. */
export async function runAll(world: HostileWorld, calls: readonly (readonly string[])[]): Promise<Run[]> {
  const runs: Run[] = [];
  for (const args of calls) {
    const env = { SKYPORTS_COMPLETION_TIMEOUT: '2m' };
    // `prune` ignores objects that are younger than ten minutes.
    const later = args[0] === 'prune' ? 3600 : 0;
    runs.push({ args, ...(await skyports(args, { kubeconfig: world.kubeconfig, env, later })) });
  }
  return runs;
}
