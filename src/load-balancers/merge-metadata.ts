import { advice } from '../errors/cure.ts';
import { UsageError } from '../errors/usage-error.ts';
import type { ExposeRequest } from '../exposure/plan/expose-request.ts';
import type { MetadataChanges } from '../exposure/plan/manifest.ts';

/** Annotations that a flag writes. @throws UsageError when `--annotation` says the same */
export function withAnnotations(
  { annotations }: ExposeRequest,
  added: Readonly<Record<string, string>>,
  flag: string,
): MetadataChanges {
  return withAdded(annotations, added, flag, '--annotation');
}

/** What a flag sets beside what is set by hand. @throws UsageError when both say the same key */
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

/** What an object is going to have. */
export function metadataThen(
  { set, remove }: MetadataChanges,
  present: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const kept = Object.entries(present).filter(([key]) => !remove.includes(key));
  return { ...Object.fromEntries(kept), ...set };
}
