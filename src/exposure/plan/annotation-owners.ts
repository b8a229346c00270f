import type { ManagedFieldsEntry } from 'kubernetes-types/meta/v1';
import type { WithMetadata } from '../../snapshot/object-reference.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The field managers of tools that restore what they have declared, although they do not use server-side apply: Helm
 * before 4, Flux, Argo CD and Fleet.
 */
const reconcilers = /^(helm|helm-controller|kustomize-controller|argocd.*|fleet.*)$/i;

/**
 * The field managers that have declared an annotation of this object, and will restore it: those that use server-side
 * apply, and the tools in the list above. Also `kubectl apply`, if its last applied configuration contains the
 * annotation.
 */
export function managersDeclaring(object: WithMetadata, annotation: string): string[] {
  const { managedFields = [], annotations = {} } = object.metadata ?? {};
  const managers = managedFields
    .filter((entry) => ownsAnnotation(entry, annotation))
    .filter(({ operation, manager = '' }) => operation === 'Apply' || reconcilers.test(manager))
    .map(({ manager = '' }) => manager);
  if (declaredByKubectlApply(annotations[lastApplied], annotation)) managers.push('kubectl apply');
  return [...new Set(managers)];
}

function ownsAnnotation({ fieldsV1 }: ManagedFieldsEntry, annotation: string): boolean {
  const fields = fieldsV1 as { 'f:metadata'?: { 'f:annotations'?: Record<string, unknown> } } | undefined;
  return fields?.['f:metadata']?.['f:annotations']?.[`f:${annotation}`] !== undefined;
}

function declaredByKubectlApply(record: string | undefined, annotation: string): boolean {
  if (record === undefined) return false;
  try {
    return JSON.parse(record)?.metadata?.annotations?.[annotation] !== undefined;
  } catch {
    return false;
  }
}
