/** The word that a typing mistake most likely stood for: at most a third of its letters differ; undefined when none is that near. */
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
