import { allChecks } from '../doctor/all-checks.ts';
import { diagnosisOf, outcomeOf, rootCausesOf, worstSeverity } from '../doctor/diagnosis.ts';
import { judge, type Verdict } from '../doctor/judge.ts';
import { possibleModes } from '../doctor/possible-modes.ts';
import type { Subject } from '../doctor/scene.ts';
import { isReady } from '../exposure/pod-trouble.ts';
import { resolveEndpoints } from '../exposure/resolve-endpoints.ts';
import { type View, viewOf } from '../exposure/view.ts';
import { writeDump } from '../local/dump-file.ts';
import { renderDiagnosis } from '../output/diagnosis-text.ts';
import { renderJson } from '../output/json.ts';
import { headPodOf } from '../skypilot/sky-cluster.ts';
import { dumpOf } from '../snapshot/dump.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { System } from '../system.ts';
import { type ConnectionValues, exitCodes } from './command.ts';
import { type DoctorArguments, readDoctorArguments } from './doctor-arguments.ts';
import type { DoctorFlagValues } from './doctor-flags.ts';
import { type Look, lookAtCluster, lookAtFile } from './doctor-look.ts';
import { explainCheck, listChecks } from './doctor-reference.ts';
import { skyClusterNamed } from './sky-cluster-argument.ts';

/** Runs `doctor`; returns the exit code. */
export async function runDoctor(
  words: readonly string[],
  flags: DoctorFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  const given = readDoctorArguments(words, flags);
  if (flags.list) return listChecks(system);
  if (flags.explain !== undefined) return explainCheck(flags.explain, system);
  const look =
    flags.filename === undefined
      ? await lookAtCluster(flags, connectionValues, system)
      : await lookAtFile(flags.filename, connectionValues, system);
  try {
    if (flags.save !== undefined) {
      const { renderYaml } = await import('../output/yaml.ts');
      writeDump(flags.save, await renderYaml(dumpOf(look.snapshot)), system);
    }
    const ingressService = flags['ingress-service'];
    const view = viewOf(look.snapshot, { ingressService });
    const subject = { ...(await subjectOf(given, look, view, system)), ingressService };
    const verdicts = judge(allChecks, look.snapshot, subject, given.selection);
    await print(verdicts, view, subject, given, system);
    return exitCodeOf(verdicts, given);
  } finally {
    look.close();
  }
}

async function subjectOf(
  { name, ports, mode }: DoctorArguments,
  look: Look,
  { skyClusters: seen }: View,
  system: System,
): Promise<Subject> {
  if (name === undefined) return { skyCluster: undefined, ports: undefined, mode };
  const { snapshot, namespace, connection } = look;
  const skyClusters = namespace === null ? seen : seen.filter((each) => each.namespace === namespace);
  const lookup = { skyClusters, namespace, pods: snapshot.topics.pods, prefix: true };
  return { skyCluster: await skyClusterNamed(name, lookup, connection, system), ports, mode };
}

async function print(
  verdicts: readonly Verdict[],
  view: View,
  subject: Subject,
  { format }: DoctorArguments,
  system: System,
): Promise<void> {
  const { snapshot } = view;
  const rows = resolveEndpoints(view, { skyClusters: subject.skyCluster && [subject.skyCluster] });
  const ports = subject.ports ?? [...new Set(rows.filter(({ mode }) => mode !== 'podip').map(({ port }) => port))];
  if (format === 'json' || format === 'yaml') {
    const diagnosis = diagnosisOf(snapshot, subject, ports, verdicts);
    system.stdout.write(
      format === 'json' ? renderJson(diagnosis) : await (await import('../output/yaml.ts')).renderYaml(diagnosis),
    );
    return;
  }
  const modes = subject.mode ? [subject.mode] : [...new Set(rows.map(({ mode }) => mode))];
  const frame = {
    heading: headingOf(snapshot, subject, ports, modes),
    rootCauses: rootCausesOf(verdicts),
    possible: subject.skyCluster || subject.mode ? [] : possibleModes(allChecks, snapshot),
    lastResort: outcomeOf(verdicts) === 'problems' ? lastResortOf(view, subject, ports) : null,
  };
  system.stdout.write(renderDiagnosis(verdicts, frame, format));
}

function headingOf(
  { context, namespace }: Snapshot,
  { skyCluster }: Subject,
  ports: readonly number[],
  modes: readonly string[],
): string {
  const place = namespace === null ? 'all namespaces' : `namespace ${namespace}`;
  const where = context === '' ? place : `context ${context}, ${place}`;
  const who = skyCluster ? ` · ${skyCluster.displayName} (${skyCluster.nameOnCloud})` : '';
  const which = skyCluster && ports.length > 0 ? ` port ${ports.join(', ')}` : '';
  return `${where}${who}${which}${modes.length > 0 ? ` · mode ${modes.join(', ')}` : ''}`;
}

/** port-forward reaches the head Pod through the API server, whatever is broken outside. */
function lastResortOf(view: View, { skyCluster }: Subject, ports: readonly number[]): string | null {
  const seen = skyCluster && view.skyClusterNamed(skyCluster.namespace, skyCluster.nameOnCloud);
  const head = seen && headPodOf(seen);
  if (!head || !isReady(head)) return null;
  return `kubectl port-forward pod/${head.metadata?.name} ${ports[0] ?? 'PORT'} -n ${skyCluster.namespace}`;
}

function exitCodeOf(verdicts: readonly Verdict[], { failOn }: DoctorArguments): number {
  const outcome = outcomeOf(verdicts);
  const warned = verdicts.some((verdict) => verdict.outcome === 'fail' && worstSeverity(verdict) === 'warning');
  if (failOn !== 'never' && (outcome === 'problems' || (failOn === 'warning' && warned))) return exitCodes.problems;
  return outcome === 'unknown' ? exitCodes.uncertain : exitCodes.fine;
}
