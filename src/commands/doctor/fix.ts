import { setTimeout as delay } from 'node:timers/promises';
import { type FixPlan, hasFixes, planFixes } from '../../doctor/fix/plan-fix.ts';
import { failedInOrder, type Verdict, worstSeverity } from '../../doctor/judge.ts';
import { fieldManager } from '../../exposure/ownership.ts';
import { managersDeclaring } from '../../exposure/plan/annotation-owners.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import type { Connection } from '../../kubernetes/api/connect.ts';
import { applyPlan, changesOf } from '../../kubernetes/changes/apply.ts';
import { type Change, type Journal, journaled } from '../../kubernetes/changes/journal.ts';
import { patchAnnotation } from '../../kubernetes/changes/patch-annotation.ts';
import { ingressNamed } from '../../modes/ingress/own-ingresses.ts';
import { unifiedDiff, writeDiff } from '../../output/unified-diff.ts';
import { renderYaml } from '../../output/yaml.ts';
import { externalIpAnnotation } from '../../skypilot/names.ts';
import { keyOf, type WithMetadata } from '../../snapshot/object-reference.ts';
import { confirm } from '../confirm.ts';
import { say } from '../messages.ts';
import { retryOnConflict } from '../retry-on-conflict.ts';
import { refuseIfAlive } from '../sky-cluster/confirm-gone.ts';
import { type Diagnosed, type DoctorCall, diagnose } from './diagnose.ts';
import type { DoctorArguments } from './options.ts';
import type { DiagnosisSource } from './source.ts';

/**
 * The maximum time to wait for the effect of a fix. For example, a controller needs some time to update EndpointSlices.
 */
const patienceMs = 10_000;
const lookAgainMs = 500;
/** The maximum number of rounds. After a fix, the next diagnosis may find another problem that can be fixed. */
const mostRounds = 3;

/**
 * Shows the safe changes, asks the user, applies the changes and diagnoses again.
 *
 * @returns the last diagnosis
 */
export async function applyFixes(
  first: Diagnosed,
  look: DiagnosisSource,
  call: DoctorCall,
  { asks, dryRun }: NonNullable<DoctorArguments['fix']>,
  showDiagnosis: (first: Diagnosed) => Promise<void>,
): Promise<Diagnosed> {
  const { system } = call;
  const connection = look.connection!;
  const { pods, services } = first.view.snapshot.topics;
  if (!pods.observed || !services.observed) {
    say(system, 'nothing was changed: the Pods and Services were not seen');
    return first;
  }
  let diagnosed = first;
  for (let round = 0; round < mostRounds; round++) {
    const planned = planFixes(diagnosed.verdicts, diagnosed.view);
    if (!hasFixes(planned)) {
      if (round === 0) sayNothingToDo(diagnosed.verdicts, call);
      break;
    }
    // Show the first diagnosis here only if there is something to fix. Otherwise, the caller prints it at the end.
    if (round === 0) await showDiagnosis(first);
    const question = await showFix(planned, diagnosed.view, connection, call);
    if (dryRun) break;
    if (asks && !(await confirm(system, question))) {
      say(system, 'nothing was changed');
      break;
    }
    const agreed = new Set(targetsOf(planned));
    let current: Diagnosed | undefined = diagnosed;
    await journaled(system.stderr.line, (journal) =>
      retryOnConflict(async () => {
        const now = current ?? (await lookAgain(look, call));
        current = undefined;
        const again = now === diagnosed ? planned : onlyAgreed(planFixes(now.verdicts, now.view), agreed);
        await applyFix(again, connection, journal);
      }),
    );
    diagnosed = await untilSeen(diagnosed, planned, look, call);
    sayOutcome(planned, diagnosed, call);
  }
  return diagnosed;
}

async function lookAgain(look: DiagnosisSource, call: DoctorCall): Promise<Diagnosed> {
  return diagnose({ ...look, snapshot: await look.again() }, call);
}

/** Describes each change of a fix in one text. The texts of two plans are equal if their changes are equal. */
function targetsOf({ annotations, plan }: FixPlan): string[] {
  return [
    ...annotations.map(({ service, value }) => `annotation ${keyOf(service)} ${value}`),
    ...plan.writes.map(({ kind, manifest }) => `${kind} ${keyOf(manifest)}`),
    ...plan.removals.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name} removed`),
  ];
}

/**
 * Returns the plan if the user has seen all its changes, else an empty plan. After a conflict, the plan is made again
 * and may contain other changes.
 */
function onlyAgreed(applyFixes: FixPlan, agreed: ReadonlySet<string>): FixPlan {
  return targetsOf(applyFixes).every((target) => agreed.has(target))
    ? applyFixes
    : { fixes: [], annotations: [], plan: { writes: [], removals: [], warnings: [] } };
}

async function applyFix({ annotations, plan }: FixPlan, connection: Connection, journal: Journal): Promise<void> {
  await refuseIfAlive(connection, plan.removals);
  journal.expect([...annotations.map(({ service }) => annotationOf(service)), ...changesOf(plan)]);
  for (const { service, value } of annotations) {
    const patch = { kind: 'Service', object: service, key: externalIpAnnotation, value } as const;
    await patchAnnotation(connection, patch, { fieldManager, journal });
  }
  // These objects belong to this plugin. So the fix overwrites what other field managers have changed in them.
  await applyPlan(connection, plan, { fieldManager, forceConflicts: true, journal });
}

function annotationOf({ metadata }: WithMetadata): Change {
  const { namespace = '', name = '' } = metadata ?? {};
  return { kind: 'Service', namespace, name, effect: 'annotated' };
}

/**
 * Diagnoses again until the fixed checks pass and no other check has an error that it did not have before. Stops when
 * the time limit is reached. New warnings and information do not count: they often remain.
 */
async function untilSeen(
  before: Diagnosed,
  { fixes }: FixPlan,
  look: DiagnosisSource,
  call: DoctorCall,
): Promise<Diagnosed> {
  const { interrupted, now } = call.system;
  const errorsBefore = withErrors(before.verdicts);
  const isSeen = ({ verdicts }: Diagnosed) =>
    !failing(verdicts).some((id) => fixes.includes(id)) &&
    withErrors(verdicts).every((id) => errorsBefore.includes(id));
  const end = now().getTime() + patienceMs;
  let last = await lookAgain(look, call);
  while (!isSeen(last) && now().getTime() < end && !interrupted.aborted) {
    await delay(lookAgainMs, undefined, { signal: interrupted }).catch(() => {});
    last = await lookAgain(look, call);
  }
  return last;
}

function failing(verdicts: readonly Verdict[]): string[] {
  return failedInOrder(verdicts).map(({ check }) => check.id);
}

function withErrors(verdicts: readonly Verdict[]): string[] {
  return failing(verdicts.filter((verdict) => worstSeverity(verdict) === 'error'));
}

function sayOutcome({ fixes }: FixPlan, { verdicts }: Diagnosed, { system }: DoctorCall): void {
  const still = failing(verdicts);
  const fixed = fixes.filter((id) => !still.includes(id));
  const broken = fixes.filter((id) => still.includes(id));
  if (fixed.length > 0) say(system, `fixed: ${fixed.join(', ')}`);
  if (broken.length > 0) say(system, `still broken: ${broken.join(', ')}`);
}

function sayNothingToDo(verdicts: readonly Verdict[], { system }: DoctorCall): void {
  const isBroken = verdicts.some(
    ({ outcome, findings }) => outcome === 'fail' && findings.some(({ severity }) => severity !== 'info'),
  );
  say(system, isBroken ? '--fix can change nothing here; the diagnosis has the commands' : 'nothing to fix');
}

/**
 * Shows each change as a diff between the existing object and the result of a dry run.
 *
 * @returns the question that names the changes: `Delete 1 Service and change 1 annotation?`
 */
async function showFix(
  { annotations, plan, fixes }: FixPlan,
  view: SnapshotIndex,
  connection: Connection,
  { system }: DoctorCall,
): Promise<string> {
  say(system, `for ${fixes.join(', ')}:`);
  for (const { service, value } of annotations) {
    const patch = { kind: 'Service', object: service, key: externalIpAnnotation, value } as const;
    const after = await patchAnnotation(connection, patch, { fieldManager, journal: undefined });
    writeDiff(system.stderr, await diffOf('Service', service, after));
    const managers = managersDeclaring(service, externalIpAnnotation);
    if (managers.length > 0) {
      say(system, `warning: ${managers.join(', ')} declares this annotation and will restore its own value`);
    }
  }
  const written: string[] = [];
  const writes = { ...plan, removals: [] };
  const dryRunResults = await applyPlan(connection, writes, { fieldManager, forceConflicts: true, journal: undefined });
  for (const { kind, effect, object, planned } of dryRunResults) {
    if (effect === 'unchanged') continue;
    written.push(kind);
    // For a new object, show the manifest. The server's answer contains random addresses, and the real write will get
    // others.
    const after = effect === 'created' ? planned.manifest : object;
    writeDiff(system.stderr, await diffOf(kind, liveOf(kind, object, view), after));
  }
  for (const warning of plan.warnings) say(system, `warning: ${warning}`);
  for (const { kind, namespace, name } of plan.removals) {
    say(system, `will delete ${kind} ${namespace}/${name}`);
  }
  const deleted = plan.removals.map(({ kind }) => kind);
  return questionOf(deleted, written, annotations.length);
}

function liveOf(kind: string, object: WithMetadata, view: SnapshotIndex): WithMetadata | undefined {
  const { namespace = '', name = '' } = object.metadata ?? {};
  return kind === 'Service' ? view.services.get(keyOf(object)) : ingressNamed(view, namespace, name);
}

async function diffOf(kind: string, before: WithMetadata | undefined, after: WithMetadata): Promise<string> {
  const text = async (object: WithMetadata | undefined) => (object ? renderYaml(declared(object)) : '');
  return unifiedDiff({ name: `${kind} ${keyOf(after)}`, before: await text(before), after: await text(after) });
}

/** The object without the fields that the API server sets itself. */
function declared(object: WithMetadata): object {
  const { apiVersion, kind, status, metadata = {}, ...rest } = object as WithMetadata & Record<string, unknown>;
  const { managedFields, resourceVersion, uid, generation, creationTimestamp, ownerReferences, ...kept } = metadata;
  const owners = ownerReferences?.map(({ kind: ofKind, name }) => ({ kind: ofKind, name }));
  return { metadata: { ...kept, ...(owners && { ownerReferences: owners }) }, ...rest };
}

function questionOf(deleted: readonly string[], written: readonly string[], annotations: number): string {
  const acts = [
    ...(deleted.length > 0 ? [`delete ${kindsOf(deleted)}`] : []),
    ...(written.length > 0 ? [`write ${kindsOf(written)}`] : []),
    ...(annotations > 0 ? [`change ${objects(annotations, 'annotation')}`] : []),
  ].join(' and ');
  return `${acts[0]?.toUpperCase() ?? ''}${acts.slice(1)}?`;
}

function kindsOf(kinds: readonly string[]): string {
  return [...Map.groupBy(kinds, (kind) => kind)].map(([kind, { length }]) => objects(length, kind)).join(' and ');
}

function objects(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : /[sx]$/.test(noun) ? 'es' : 's'}`;
}
