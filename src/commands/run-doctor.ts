import { allChecks } from '../doctor/all-checks.ts';
import { diagnosisOf, outcomeOf, rootCausesOf, worstSeverity } from '../doctor/diagnosis.ts';
import { judge, type Verdict } from '../doctor/judge.ts';
import { lastResortsOf } from '../doctor/last-resort.ts';
import { possibleModes } from '../doctor/possible-modes.ts';
import type { Subject } from '../doctor/scene.ts';
import type { Endpoint } from '../exposure/endpoint.ts';
import { resolveEndpoints } from '../exposure/resolve-endpoints.ts';
import { type View, viewOf } from '../exposure/view.ts';
import { writeDump } from '../local/dump-file.ts';
import { renderDiagnosis } from '../output/diagnosis-text.ts';
import { renderJson } from '../output/json.ts';
import { findSkyCluster } from '../skypilot/find-sky-cluster.ts';
import { dumpOf } from '../snapshot/dump.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { System } from '../system.ts';
import { type ConnectionValues, exitCodes } from './command.ts';
import { type DoctorArguments, readDoctorArguments } from './doctor-arguments.ts';
import { refuseConnectionFlags } from './doctor-file-scope.ts';
import type { DoctorFlagValues } from './doctor-flags.ts';
import { type Look, lookAtCluster, lookAtFile } from './doctor-look.ts';
import { explainCheck, listChecks } from './doctor-reference.ts';
import { curedHere, forThisConnection } from './for-this-connection.ts';
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
  if (flags.filename !== undefined) refuseConnectionFlags(connectionValues);
  const look =
    flags.filename === undefined
      ? await lookAtCluster(given.name, flags, connectionValues, system)
      : await lookAtFile(flags.filename, flags, connectionValues, system);
  try {
    if (flags.save !== undefined) {
      const { renderYaml } = await import('../output/yaml.ts');
      writeDump(flags.save, await renderYaml(dumpOf(look.snapshot)), system);
    }
    const ingressService = flags['ingress-service'];
    const view = viewOf(look.snapshot, { ingressService });
    const subject = { ...(await subjectOf(given, look, view, system)), ingressService };
    const judged = judge(allChecks, look.snapshot, subject, given.selection);
    // A file may have come from elsewhere: nothing is known of how its cluster is reached from here.
    const chosen = look.connection ? connectionValues : {};
    const verdicts = curedHere(judged, chosen);
    const rows = resolveEndpoints(view, { skyClusters: subject.skyCluster && [subject.skyCluster] });
    const lastResorts = lastResortsOf(view, subject, rows, verdicts).map((each) => forThisConnection(each, chosen));
    await print(verdicts, view, subject, { rows, lastResorts }, given, system);
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
  const unseen = !snapshot.topics.pods.observed && name !== '';
  if (unseen && findSkyCluster(name, skyClusters, { prefix: true }).found === 'none') {
    // Whether it is there cannot be told: the checks say so, and why.
    const skyCluster = { namespace: namespace ?? '', nameOnCloud: name, displayName: name };
    return { skyCluster, ports, mode };
  }
  const lookup = { skyClusters, namespace, pods: snapshot.topics.pods, prefix: true };
  return { skyCluster: await skyClusterNamed(name, lookup, connection, system), ports, mode };
}

async function print(
  verdicts: readonly Verdict[],
  view: View,
  subject: Subject,
  { rows, lastResorts }: { readonly rows: readonly Endpoint[]; readonly lastResorts: readonly string[] },
  { format }: DoctorArguments,
  system: System,
): Promise<void> {
  const { snapshot } = view;
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
    lastResorts,
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

function exitCodeOf(verdicts: readonly Verdict[], { failOn }: DoctorArguments): number {
  const outcome = outcomeOf(verdicts);
  const warned = verdicts.some((verdict) => verdict.outcome === 'fail' && worstSeverity(verdict) === 'warning');
  if (failOn !== 'never' && (outcome === 'problems' || (failOn === 'warning' && warned))) return exitCodes.problems;
  return outcome === 'unknown' ? exitCodes.uncertain : exitCodes.fine;
}
