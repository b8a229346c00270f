import { allChecks } from '../../doctor/all-checks.ts';
import type { Subject } from '../../doctor/check-context.ts';
import { apiServerIn, type Diagnosis, diagnosisOf } from '../../doctor/diagnosis.ts';
import { rangesOf } from '../../doctor/format.ts';
import { rootCausesOf } from '../../doctor/judge.ts';
import { pathsOf } from '../../doctor/path-of-port.ts';
import { possibleModes } from '../../doctor/possible-modes.ts';
import { endOf } from '../../doctor/summary.ts';
import { writeDump } from '../../local/dump-file.ts';
import { allModes } from '../../modes/all-modes.ts';
import { checkPageLines, renderCheckPage } from '../../output/check-page.ts';
import { type DiagnosisDetail, type DiagnosisFrame, renderDiagnosis } from '../../output/diagnosis-text.ts';
import { renderJson } from '../../output/json.ts';
import { layoutColumns } from '../../output/look.ts';
import { renderTable } from '../../output/table.ts';
import { unverifiedOf } from '../../platforms/all-platforms.ts';
import { detectPlatforms } from '../../platforms/detect.ts';
import { apiServerSentence } from '../../skypilot/api-server.ts';
import { dumpOf } from '../../snapshot/dump.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { StyledLine, System } from '../../system.ts';
import { type ConnectionValues, exitCodes } from '../command.ts';
import type { DoctorFlagValues, DoctorFormat } from './command.ts';
import { type Diagnosed, type DoctorCall, diagnose } from './diagnose.ts';
import { lookAtCluster } from './look-at-cluster.ts';
import { type DoctorArguments, readDoctorArguments, refuseConnectionFlags, unknownCheck } from './options.ts';
import type { DiagnosisSource } from './source.ts';

/** Runs `doctor`; returns the exit code. */
export async function runDoctor(
  operands: readonly string[],
  flags: DoctorFlagValues,
  connectionValues: ConnectionValues,
  system: System,
): Promise<number> {
  const args = readDoctorArguments(operands, flags, system);
  if (flags.list) return listChecks(system);
  if (flags.explain !== undefined) return explainCheck(flags.explain, system);
  if (flags.filename !== undefined) refuseConnectionFlags(connectionValues);
  const look =
    flags.filename === undefined
      ? await lookAtCluster(args, flags, connectionValues, system)
      : await (await import('./source.ts')).lookAtFile(flags.filename, flags, connectionValues, system);
  const call = { args, connectionValues, system };
  try {
    if (flags['print-role']) return await (await import('./print-role.ts')).printRole(look, args, system);
    let diagnosed = await diagnose(look, call);
    if (args.fix) {
      const { applyFixes } = await import('./fix.ts');
      diagnosed = await applyFixes(diagnosed, look, call, args.fix, (first) => showBefore(first, args, system));
    }
    if (args.waitMs > 0) {
      const { waitUntilHealthy } = await import('./wait.ts');
      diagnosed = await waitUntilHealthy(diagnosed, look, call, args.waitMs);
    }
    if (args.redact) diagnosed = await redacted(diagnosed, look, call);
    if (flags.save !== undefined) {
      const { renderYaml } = await import('../../output/yaml.ts');
      writeDump(flags.save, await renderYaml(dumpOf(diagnosed.view.snapshot)), system);
    }
    await print(diagnosed, args, system);
    if (look.serverFailed && !hasSeen(diagnosed)) return exitCodes.failed;
    const { verdicts, summary } = diagnosed;
    return exitCodes[endOf(verdicts, summary, { failOn: args.failOn, waited: args.waitMs > 0 })];
  } finally {
    look.close();
  }
}

/** With `--fix`, shows the first diagnosis on stderr before the question. Only the result goes to stdout. */
async function showBefore(
  { verdicts, summary }: Diagnosed,
  { format }: DoctorArguments,
  system: System,
): Promise<void> {
  if (isDocument[format]) return;
  const frame = {
    heading: '',
    rootCauses: rootCausesOf(verdicts),
    summary,
    platform: [],
    possible: [],
    portForwardHints: [],
    columns: layoutColumns(system.stderr),
    paths: [],
  };
  system.stderr.lines([...renderDiagnosis(verdicts, frame, 'short'), '']);
}

/** Whether the last snapshot contains Pods and Services. Every result depends on them. */
function hasSeen({ view }: Diagnosed): boolean {
  const { pods, services } = view.snapshot.topics;
  return pods.observed && services.observed;
}

/** Diagnoses the redacted snapshot. The result is safe to share. */
async function redacted({ view, subject }: Diagnosed, look: DiagnosisSource, call: DoctorCall): Promise<Diagnosed> {
  const { redactedSnapshot } = await import('../../redaction/redact-snapshot.ts');
  const { snapshot, rename } = redactedSnapshot(view.snapshot);
  const { name, ingressService } = call.args;
  const args = {
    ...call.args,
    // Use the full name. The user may have typed only its beginning, and redaction replaces only full names.
    name: name && rename(subject.skyCluster?.nameOnCloud ?? name),
    ingressService: ingressService?.split('/').map(rename).join('/'),
  };
  const namespace = look.namespace && rename(look.namespace);
  return diagnose({ ...look, snapshot, namespace, connection: undefined }, { ...call, args });
}

async function print(diagnosed: Diagnosed, { format }: DoctorArguments, system: System): Promise<void> {
  const rendered = await renderers[format](diagnosed, layoutColumns(system.stdout));
  if (typeof rendered === 'string') system.stdout.document(rendered);
  else system.stdout.lines(rendered);
}

/** Whether programs read the format (JSON or YAML). If so, nothing else is printed. */
const isDocument: Readonly<Record<DoctorFormat, boolean>> = {
  ...{ table: false, wide: false, short: false, tree: false, markdown: false, html: false, json: true, yaml: true },
};

/** A format for programs returns a text, and a format for people returns lines. */
type Renderer = (diagnosed: Diagnosed, columns: number) => Rendered | Promise<Rendered>;
type Rendered = string | readonly StyledLine[];

const renderers: Readonly<Record<DoctorFormat, Renderer>> = {
  table: (diagnosed, columns) => textOf(diagnosed, 'table', columns),
  wide: (diagnosed, columns) => textOf(diagnosed, 'wide', columns),
  short: (diagnosed, columns) => textOf(diagnosed, 'short', columns),
  tree: async (diagnosed, columns) =>
    (await import('./reports.ts')).treeReport(diagnosed, frameOf(diagnosed, 'table', columns)),
  markdown: async (diagnosed) => (await import('./reports.ts')).markdownReport(diagnosed, frameOf(diagnosed, 'wide')),
  html: async (diagnosed) => (await import('./reports.ts')).htmlReport(diagnosed, frameOf(diagnosed, 'wide')),
  json: (diagnosed) => renderJson(documentOf(diagnosed)),
  yaml: async (diagnosed) => (await import('../../output/yaml.ts')).renderYaml(documentOf(diagnosed)),
};

function documentOf({ verdicts, view, subject, rows, answers, summary }: Diagnosed): Diagnosis {
  return diagnosisOf(view.snapshot, subject, portsOf(subject, rows), verdicts, { summary, answers });
}

function textOf(diagnosed: Diagnosed, detail: DiagnosisDetail, columns: number): StyledLine[] {
  return renderDiagnosis(diagnosed.verdicts, frameOf(diagnosed, detail, columns), detail);
}

function frameOf(
  diagnosed: Diagnosed,
  detail: DiagnosisDetail,
  columns: number = Number.POSITIVE_INFINITY,
): DiagnosisFrame {
  const { verdicts, view, subject, rows, judgedRows, answers, portForwardHints, summary } = diagnosed;
  const { snapshot } = view;
  const modes = subject.mode ? [subject.mode] : [...new Set(rows.map(({ mode }) => mode))];
  return {
    heading: headingOf(snapshot, subject, portsOf(subject, rows), modes),
    besides: apiServerSentence(apiServerIn(snapshot, subject)),
    paths: detail === 'short' ? [] : pathsOf(judgedRows, verdicts, answers, subject.ports !== undefined),
    rootCauses: rootCausesOf(verdicts),
    summary,
    platform: detail === 'wide' ? platformLines(snapshot) : [],
    possible: subject.skyCluster || subject.mode ? [] : possibleModes(allChecks, snapshot, undefined, view.shared),
    portForwardHints,
    columns,
  };
}

/** The Service ports to check. */
function portsOf({ ports }: Subject, rows: Diagnosed['rows']): readonly number[] {
  return ports ?? [...new Set(rows.filter(({ mode }) => allModes[mode].recordsPorts).map(({ port }) => port))];
}

/** The detected platforms, one line each, with the facts that show the platform. */
function platformLines(snapshot: Snapshot): string[] {
  const { platforms, loadBalancers } = detectPlatforms(snapshot);
  const lines = [
    ...platforms.map(({ what, reason }) => `platform ${what.title}: ${reason}`),
    ...loadBalancers.map(({ what, reason }) => `addresses come from ${what.title}: ${reason}`),
  ];
  const told = lines.length > 0 ? lines : ['platform unknown: nothing that was seen identifies it'];
  const all = [...platforms, ...loadBalancers].map(({ what }) => what);
  return [...told, ...nodesUnseen(snapshot), ...unverifiedOf(all)];
}

/** A line that reports a missing or incomplete list of nodes. Nodes show the platform most reliably. */
function nodesUnseen({ topics: { nodes } }: Snapshot): string[] {
  if (!nodes.observed) return [`nodes were not seen, which show the platform best: ${nodes.message}`];
  return nodes.cutOff ? [`only the first ${nodes.items.length} nodes were read`] : [];
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
  const which =
    skyCluster && ports.length > 0 ? ` port ${(ports.length > 5 ? rangesOf(ports) : ports).join(', ')}` : '';
  return `${where}${who}${which}${modes.length > 0 ? ` · mode ${modes.join(', ')}` : ''}`;
}

/** Runs `doctor --list`: prints all checks in the order of a packet's path. */
function listChecks(system: System): number {
  const rows = allChecks.map(({ id, group, severity, title }) => ({ cells: [id, group, severity, title] }));
  system.stdout.lines(renderTable(['ID', 'GROUP', 'SEVERITY', 'HEALTHY WHEN'], rows));
  return exitCodes.fine;
}

/**
 * Runs `doctor --explain ID`: prints the check's section of docs/checks.md, as Markdown in a pipe.
 *
 * @throws UsageError for an unknown id
 */
function explainCheck(id: string, system: System): number {
  const check = allChecks.find((each) => each.id === id);
  if (!check)
    throw unknownCheck(
      id,
      allChecks.map((each) => each.id),
    );
  const { stdout } = system;
  if (stdout.isTerminal) stdout.lines(checkPageLines(check, stdout.columns));
  else stdout.document(renderCheckPage(check));
  return exitCodes.fine;
}
