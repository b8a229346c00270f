import type { Cure } from './cure.ts';

/** For constructors that are yet to be called with cures. */
export function curesFrom(text: string | undefined): readonly Cure[] {
  return text === undefined ? [] : [{ command: null, note: text }];
}
