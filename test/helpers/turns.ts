/** Lets so many of a file's tests work at the same time. The returned function waits for a turn, and resolves to its end. */
export function turns(atOnce: number): () => Promise<() => void> {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  const end = () => {
    free++;
    waiting.shift()?.();
  };
  return async () => {
    while (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    free--;
    return end;
  };
}
