import { advice } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { renderJson } from '../../output/json.ts';
import { resourceNameOf } from '../../snapshot/object-reference.ts';
import type { Manifest } from '../../snapshot/plan.ts';
import type { System } from '../../system.ts';
import { didYouMean } from './did-you-mean.ts';
import { manifestFormats } from './dry-run.ts';

/** The value of `-o` with `--dry-run`. Undefined means one line for each object. */
export type ManifestFormat = (typeof manifestFormats)[number] | undefined;

/**
 * Parses `-o` of a dry run.
 *
 * @throws UsageError for an unknown format
 */
export function parseManifestFormat(text: string | undefined): ManifestFormat {
  const format = manifestFormats.find((each) => each === text);
  if (text === undefined || format) return format;
  throw new UsageError('unknown-output-format', `-o ${text} cannot show a dry run`, [
    advice(didYouMean(text, manifestFormats, '-o') ?? `with --dry-run, -o takes ${manifestFormats.join(', ')}`),
  ]);
}

/** Prints manifests on stdout. As in kubectl, several objects are printed as one List. */
export async function printManifests(
  objects: readonly { readonly kind: string; readonly effect: string; readonly object: Manifest }[],
  { format, server }: { readonly format: ManifestFormat; readonly server: boolean },
  system: System,
): Promise<void> {
  const how = server ? '(server dry run)' : '(dry run)';
  if (format === undefined || format === 'name') {
    const suffix = (effect: string) => (format === 'name' ? '' : ` ${effect} ${how}`);
    const lines = objects.map(
      ({ kind, effect, object }) => `${resourceNameOf(kind, object.metadata?.name ?? '')}${suffix(effect)}\n`,
    );
    system.stdout.document(lines.join(''));
    return;
  }
  const shown = objects.map(({ object }) => withoutServerFields(object));
  if (shown.length === 0) return;
  const value = shown.length === 1 ? shown[0] : { apiVersion: 'v1', kind: 'List', items: shown };
  system.stdout.document(
    format === 'json' ? renderJson(value) : await (await import('../../output/yaml.ts')).renderYaml(value),
  );
}

/**
 * The manifest without `uid` and `resourceVersion`, so that the same text can be applied again. As in kubectl,
 * `managedFields` is left out too.
 */
function withoutServerFields({ metadata = {}, ...rest }: Manifest): Manifest {
  const { uid, resourceVersion, managedFields, ...kept } = metadata;
  const { apiVersion, kind, ...body } = rest;
  return { ...(apiVersion ? { apiVersion } : {}), ...(kind ? { kind } : {}), metadata: kept, ...body };
}
