import { nearestOf } from '../../arguments/nearest.ts';
import { modeCalled } from '../../modes/all-modes.ts';

/** A suggestion such as `did you mean --mode loadbalancer?`; undefined if no choice is close. */
export function didYouMean(typed: string, choices: readonly string[], flag: string): string | undefined {
  const word = typed.toLowerCase();
  const bare = word.replaceAll(/[-_ ]/g, '');
  const nearest = choices.find((each) => [word, bare, modeCalled(bare)].includes(each)) ?? nearestOf(word, choices);
  return nearest && `did you mean ${flag} ${nearest}?`;
}
