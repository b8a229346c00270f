import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ExecutionContext } from 'ava';

const root = resolve(import.meta.dirname, '../..');

/**
 * Asserts that a file of the project holds what it has to. A failure shows the first line that differs, not both documents.
 *
 * @param file relative to the project's folder
 * @param wanted what it has to hold
 * @param cure what to run or to do when it does not
 * @param present what it holds, where it is not compared as it stands there
 */
export function sameDocument(
  t: ExecutionContext,
  file: string,
  wanted: string,
  cure: string,
  present = readFileSync(join(root, file), 'utf8'),
): void {
  const fault = firstDifference(present, wanted);
  if (fault === undefined) t.pass();
  else t.fail(`${file}: ${fault}\n${cure}`);
}

/** The first line that two texts do not share, with its number; undefined for equal texts. */
export function firstDifference(present: string, wanted: string): string | undefined {
  if (present === wanted) return undefined;
  const [left, right] = [present.split('\n'), wanted.split('\n')];
  const at = left.findIndex((text, line) => text !== right[line]);
  const line = at === -1 ? left.length : at;
  return `line ${line + 1} differs\n  present: ${shown(left[line])}\n  wanted:  ${shown(right[line])}`;
}

function shown(line: string | undefined): string {
  return line === undefined ? 'nothing, the text ends before' : JSON.stringify(line.slice(0, 300));
}
