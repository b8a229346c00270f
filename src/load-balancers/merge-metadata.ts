import { advice } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import type { MetadataChanges } from '../exposure/plan/manifest.ts';

/**
 * Adds the annotations of a flag to those of the user.
 *
 * @throws UsageError if `--annotation` sets the same key
 */
export function withAnnotations(
  { annotations }: ExposeRequest,
  added: Readonly<Record<string, string>>,
  flag: string,
): MetadataChanges {
  return withAdded(annotations, added, flag, '--annotation');
}

/**
 * Merges the keys of a flag with those of the user.
 *
 * @throws UsageError if both set the same key
 */
export function withAdded(
  { set, remove }: MetadataChanges,
  added: Readonly<Record<string, string>>,
  flag: string,
  byHand: string,
): MetadataChanges {
  const twice = Object.keys(added).find((key) => Object.hasOwn(set, key) || remove.includes(key));
  if (twice) {
    throw new UsageError('flags-exclude-each-other', `${flag} and ${byHand} both set ${twice}`, [
      advice('leave out one of them'),
    ]);
  }
  return { set: { ...set, ...added }, remove };
}

/** The labels or annotations of an object after the changes. */
export function metadataThen(
  { set, remove }: MetadataChanges,
  present: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const kept = Object.entries(present).filter(([key]) => !remove.includes(key));
  return { ...Object.fromEntries(kept), ...set };
}
