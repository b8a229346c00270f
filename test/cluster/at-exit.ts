const pending = new Set<() => void>();

/**
 * Has `clean` run when this process exits (by itself or by `process.exit`, not when it is killed), the last registered first.
 * Returns the function that takes it back, for when the thing was cleaned up in time.
 */
export function atExit(clean: () => void): () => void {
  if (pending.size === 0) {
    process.off('exit', cleanAll);
    process.on('exit', cleanAll);
  }
  pending.add(clean);
  return () => pending.delete(clean);
}

function cleanAll(): void {
  for (const clean of [...pending].reverse()) {
    try {
      clean();
    } catch {
      // The others must still be cleaned up; the next start removes what is left.
    }
  }
  pending.clear();
}
