import type { Repair } from '../doctor/plan-repair.ts';
import { fieldManager } from '../exposure/ownership.ts';
import { managersDeclaring } from '../exposure/plan/declaring-managers.ts';
import type { View } from '../exposure/view.ts';
import type { Connection } from '../kubernetes/api/connect.ts';
import { applyPlan } from '../kubernetes/changes/apply.ts';
import { patchAnnotation } from '../kubernetes/changes/patch-annotation.ts';
import { ingressNamed } from '../modes/ingress/own-ingresses.ts';
import { unifiedDiff } from '../output/unified-diff.ts';
import { renderYaml } from '../output/yaml.ts';
import { externalIpAnnotation } from '../skypilot/names.ts';
import { keyOf, type WithMetadata } from '../snapshot/object-reference.ts';
import type { DoctorCall } from './diagnose.ts';
import { say } from './expose-messages.ts';

/**
 * Shows each change as a diff between what exists and what the API server would make of it.
 *
 * @returns the question that names the changes: `Delete 1 Service and change 1 annotation?`
 */
export async function showRepair(
  { annotations, plan, fixes }: Repair,
  view: View,
  connection: Connection,
  { system }: DoctorCall,
): Promise<string> {
  say(system, `for ${fixes.join(', ')}:`);
  for (const { service, value } of annotations) {
    const patch = { kind: 'Service', object: service, key: externalIpAnnotation, value } as const;
    const after = await patchAnnotation(connection, patch, { fieldManager, journal: undefined });
    system.stderr.document(await diffOf('Service', service, after));
    const managers = managersDeclaring(service, externalIpAnnotation);
    if (managers.length > 0) {
      say(system, `warning: ${managers.join(', ')} declares this annotation and will put its own value back`);
    }
  }
  const written: string[] = [];
  const writes = { ...plan, removals: [] };
  const rehearsed = await applyPlan(connection, writes, { fieldManager, forceConflicts: true, journal: undefined });
  for (const { kind, effect, object, planned } of rehearsed) {
    if (effect === 'unchanged') continue;
    written.push(kind);
    // Of what is new the server would show addresses that it does not keep.
    const after = effect === 'created' ? planned.manifest : object;
    system.stderr.document(await diffOf(kind, liveOf(kind, object, view), after));
  }
  for (const warning of plan.warnings) say(system, `warning: ${warning}`);
  for (const { kind, namespace, name } of plan.removals) {
    say(system, `will delete ${kind} ${namespace}/${name}`);
  }
  const deleted = plan.removals.map(({ kind }) => kind);
  return questionOf(deleted, written, annotations.length);
}

function liveOf(kind: string, object: WithMetadata, view: View): WithMetadata | undefined {
  const { namespace = '', name = '' } = object.metadata ?? {};
  return kind === 'Service' ? view.services.get(keyOf(object)) : ingressNamed(view, namespace, name);
}

async function diffOf(kind: string, before: WithMetadata | undefined, after: WithMetadata): Promise<string> {
  const text = async (object: WithMetadata | undefined) => (object ? renderYaml(declared(object)) : '');
  return unifiedDiff({ name: `${kind} ${keyOf(after)}`, before: await text(before), after: await text(after) });
}

/** Without what the API server keeps for itself, and without what is not declared. */
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
