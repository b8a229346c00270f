import { command, cure } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { ConfigEntry } from './config-set.ts';

/** An annotation that SkyPilot puts on what it makes. */
export function annotationEntry(key: string, value: string, context: string | undefined): ConfigEntry {
  return { keys: [...sectionOf(context), 'custom_metadata', 'annotations', key], value };
}

/** Where the keys for Kubernetes stand: for all contexts, or for one. @throws UsageError for a context without a name */
export function sectionOf(context: string | undefined): string[] {
  if (context === '') {
    throw new UsageError('empty-value', '--for-context names no context', [
      cure(command`kubectl config get-contexts -o name`, 'lists the contexts'),
    ]);
  }
  return context === undefined ? ['kubernetes'] : ['kubernetes', 'context_configs', context];
}
