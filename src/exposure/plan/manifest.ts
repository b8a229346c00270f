import type { ServiceSpec } from 'kubernetes-types/core/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { clusterNameLabel } from '../../skypilot/names.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import type { Manifest } from '../../snapshot/plan.ts';
import { isClosingAnnotation } from '../closing-time.ts';
import { fieldManager, managedByLabel, redirectAnnotation, skyClusterAnnotation } from '../ownership.ts';
import { authUserAnnotation } from './access.ts';

/** The values of `--annotation` or `--label`: the values to set, and the keys to remove. */
export interface MetadataChanges {
  readonly set: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}

export const noChanges: MetadataChanges = { set: {}, remove: [] };

/**
 * The labels and annotations of an object that this plugin creates. SkyPilot's clean-up finds the object by these
 * labels.
 */
export function ownMetadata(skyCluster: SkyCluster): Required<Pick<ObjectMeta, 'labels' | 'annotations'>> {
  return {
    labels: { [clusterNameLabel]: skyCluster.nameOnCloud, [managedByLabel]: fieldManager },
    annotations: { [skyClusterAnnotation]: skyCluster.displayName },
  };
}

/** The labels and annotations that no flag may change. */
const ownKeys: readonly string[] = [
  ...[managedByLabel, clusterNameLabel, skyClusterAnnotation],
  ...[authUserAnnotation, redirectAnnotation],
];

/**
 * Parses `KEY=VALUE` and `KEY-` as kubectl's label and annotate commands do.
 *
 * @throws UsageError for any other text, for duplicate keys, and for keys that this plugin itself uses
 */
export function parseMetadataChanges(words: readonly string[], flag: 'annotation' | 'label'): MetadataChanges {
  const set: Record<string, string> = {};
  const remove: string[] = [];
  for (const word of words) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    const name = key ?? (word.endsWith('-') ? word.slice(0, -1) : '');
    if (!isQualifiedName(name)) {
      throw new UsageError(`invalid-${flag}`, `--${flag} ${word} is not a valid ${flag}`, [
        advice('write KEY=VALUE, or KEY- to remove it; KEY is a qualified name such as example.com/team'),
      ]);
    }
    if (flag === 'label' && value !== undefined && !isLabelValue(value)) {
      throw new UsageError('invalid-label', `--label ${word}: Kubernetes refuses this value`, [
        advice('use at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends'),
      ]);
    }
    if (ownKeys.includes(name) || isClosingAnnotation(name)) {
      throw new UsageError('own-metadata', `--${flag} ${word}: kubectl skyports needs ${name} itself`, [
        advice('leave it out'),
      ]);
    }
    if (Object.hasOwn(set, name) || remove.includes(name)) {
      throw new UsageError('key-given-twice', `--${flag} names ${name} twice`, [advice('give each key once')]);
    }
    if (value === undefined) remove.push(name);
    else set[name] = value;
  }
  return { set, remove };
}

/**
 * Whether the text is a qualified name of Kubernetes: an optional DNS prefix and `/`, then at most 63 characters
 * (apimachinery, validation.IsQualifiedName).
 */
export function isQualifiedName(text: string): boolean {
  const [name, prefix, more] = text.split('/').reverse();
  if (more !== undefined || !name || name.length > 63) return false;
  if (!/^[a-z0-9]([-a-z0-9_.]*[a-z0-9])?$/i.test(name)) return false;
  return (
    prefix === undefined ||
    (prefix.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(prefix))
  );
}

function isLabelValue(text: string): boolean {
  return text === '' || (text.length <= 63 && /^[a-z0-9]([-a-z0-9_.]*[a-z0-9])?$/i.test(text));
}

/**
 * A copy of the manifest with the changes. Empty maps are left out, because the apply of an empty map makes this plugin
 * the owner of the whole map. The next plan would then treat annotations of other users as its own.
 */
export function withMetadata<T extends Manifest>(
  manifest: T,
  annotations: MetadataChanges,
  labels: MetadataChanges,
): T {
  const { annotations: presentAnnotations, labels: presentLabels, ...metadata } = manifest.metadata ?? {};
  return {
    ...manifest,
    metadata: {
      ...metadata,
      ...changed('labels', presentLabels, labels),
      ...changed('annotations', presentAnnotations, annotations),
    },
  };
}

function changed<K extends string>(key: K, present: Readonly<Record<string, string>> = {}, changes: MetadataChanges) {
  const values: Record<string, string> = { ...present, ...changes.set };
  for (const name of changes.remove) delete values[name];
  return (Object.keys(values).length > 0 ? { [key]: values } : {}) as { [P in K]?: Record<string, string> };
}

/** The selector of a Service. It selects only the head Pod, or all nodes of the SkyPilot cluster. */
export function selectorOf({ nameOnCloud }: SkyCluster, allNodes: boolean): NonNullable<ServiceSpec['selector']> {
  return allNodes ? { [clusterNameLabel]: nameOnCloud } : { component: `${nameOnCloud}-head` };
}
