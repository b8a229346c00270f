/**
 * The word that a typing mistake most likely means; undefined if no word is close. At most a third of the typed letters
 * (rounded up) may differ. If the typed text has at least three letters, a word that begins with it counts as one
 * difference.
 */
export function nearestOf(typed: string, words: readonly string[]): string | undefined {
  let nearest: string | undefined;
  let least = Math.max(1, Math.ceil(typed.length / 3)) + 1;
  for (const word of words) {
    const distance = word.startsWith(typed) && typed.length > 2 ? 1 : editDistance(typed, word);
    if (distance < least) {
      least = distance;
      nearest = word;
    }
  }
  return nearest;
}

/**
 * The choice that a wrong value most likely means; undefined if no choice is close. Upper and lower case are equal. An
 * abbreviation such as `lb` counts if it fits only one choice.
 */
export function nearestValueOf(typed: string, choices: readonly string[]): string | undefined {
  const lower = typed.toLowerCase();
  const nearest = choices.find((each) => each.toLowerCase() === lower) ?? nearestOf(lower, choices);
  if (nearest !== undefined || lower.length < 2) return nearest;
  const [abbreviated, second] = choices.filter((each) => each[0] === lower[0] && hasLettersOf(each, lower));
  return second === undefined ? abbreviated : undefined;
}

/** Whether the word contains the letters in this order. */
function hasLettersOf(word: string, letters: string): boolean {
  let from = 0;
  return [...letters].every((letter) => {
    from = word.indexOf(letter, from) + 1;
    return from > 0;
  });
}

/** Levenshtein's distance: insertions, deletions and replacements of one letter. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current[j] = Math.min(replaced, previous[j]! + 1, current[j - 1]! + 1);
    }
    previous = current;
  }
  return previous[b.length]!;
}
