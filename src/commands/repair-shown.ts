import type { Repair } from '../doctor/plan-repair.ts';
import { fieldManager } from '../exposure/ownership.ts';
import { managersDeclaring } from '../exposure/plan/declaring-managers.ts';
import { ingressNamed } from '../exposure/plan/plan-ingress.ts';
import type { View } from '../exposure/view.ts';
import { applyPlan } from '../kubernetes/apply.ts';
import type { Connection } from '../kubernetes/connect.ts';
import { patchAnnotation } from '../kubernetes/patch-annotation.ts';
import { unifiedDiff } from '../output/unified-diff.ts';
import { renderYaml } from '../output/yaml.ts';
import { externalIpAnnotation } from '../skypilot/names.ts';
import { keyOf, type WithMetadata } from '../snapshot/object-reference.ts';
import type { DoctorCall } from './diagnose.ts';
import { say } from './expose-messages.ts';

/** Shows each change as a diff between what is there and what the API server would make of it. */
export async function showRepair(
  { annotations, plan, mends }: Repair,
  view: View,
  connection: Connection,
  { system }: DoctorCall,
): Promise<void> {
  say(system, `for ${mends.join(', ')}:`);
  for (const { service, value } of annotations) {
    const patch = { kind: 'Service', object: service, key: externalIpAnnotation, value } as const;
    const after = await patchAnnotation(connection, patch, { fieldManager, journal: undefined });
    system.stderr.document(await diffOf('Service', service, after));
    const managers = managersDeclaring(service, externalIpAnnotation);
    if (managers.length > 0) {
      say(system, `warning: ${managers.join(', ')} declares this annotation and will put its own value back`);
    }
  }
  const written = { ...plan, removals: [] };
  const rehearsed = await applyPlan(connection, written, { fieldManager, forceConflicts: true, journal: undefined });
  for (const { kind, effect, object, planned } of rehearsed) {
    if (effect === 'unchanged') continue;
    // Of what is new the server would show addresses that it does not keep.
    const after = effect === 'created' ? planned.manifest : object;
    system.stderr.document(await diffOf(kind, liveOf(kind, object, view), after));
  }
  for (const warning of plan.warnings) say(system, `warning: ${warning}`);
  for (const { kind, namespace, name } of plan.removals) {
    say(system, `will delete ${kind} ${namespace}/${name}`);
  }
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

/** `Delete 1 Service and change 1 annotation`. */
export function questionOf({ annotations, plan }: Pick<Repair, 'annotations' | 'plan'>): string {
  const deleted = [...Map.groupBy(plan.removals, ({ kind }) => kind)].map(([kind, { length }]) =>
    objects(length, kind),
  );
  const written = [...Map.groupBy(plan.writes, ({ kind }) => kind)].map(([kind, { length }]) => objects(length, kind));
  const acts = [
    ...(deleted.length > 0 ? [`delete ${deleted.join(' and ')}`] : []),
    ...(written.length > 0 ? [`write ${written.join(' and ')}`] : []),
    ...(annotations.length > 0 ? [`change ${objects(annotations.length, 'annotation')}`] : []),
  ].join(' and ');
  return `${acts[0]?.toUpperCase()}${acts.slice(1)}`;
}

function objects(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : /[sx]$/.test(noun) ? 'es' : 's'}`;
}
