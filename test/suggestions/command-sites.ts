import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A template in the source that makes a command, or a part of one. */
export interface CommandSite {
  /** `src/commands/run-prune.ts:45` */
  readonly place: string;
  readonly tag: 'command' | 'part';
  /** What stands between the holes: one more than there are holes. */
  readonly texts: readonly string[];
  /** The expressions in the holes, as they are written. */
  readonly holes: readonly string[];
}

/** Finds every template with the tag `command` or `part` below a folder, those within the holes of others, too. */
export function commandSitesIn(folder: string): CommandSite[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return files.toSorted().flatMap((name) => {
    const file = join(folder, name);
    return commandSitesOf(readFileSync(file, 'utf8'), relative(join(folder, '..'), file));
  });
}

/** Finds those in one source. @param file for the place of each */
export function commandSitesOf(source: string, file: string): CommandSite[] {
  // A comment may show one. It becomes blanks, so that the lines stay.
  const code = source.replace(/^\s*(?:\/\*\*[\s\S]*?\*\/|\/\/.*)/gm, (comment) => comment.replace(/[^\n]/g, ' '));
  // A text may end with "this command`".
  return [...code.matchAll(/(?<!\bthis )\b(command|part)`/g)].map((found) => {
    const line = code.slice(0, found.index).split('\n').length;
    const { texts, holes } = readTemplate(code, found.index + found[0].length - 1);
    return { place: `${file}:${line}`, tag: found[1] as CommandSite['tag'], texts, holes };
  });
}

interface Template {
  readonly texts: readonly string[];
  readonly holes: readonly string[];
  /** The place after its last backtick. */
  readonly end: number;
}

/** Reads the template whose first backtick is at a place. */
function readTemplate(code: string, start: number): Template {
  const texts: string[] = [];
  const holes: string[] = [];
  let from = start + 1;
  for (let at = from; at < code.length; at++) {
    if (code[at] === '\\') throw new Error(`a template has an escape: ${code.slice(start, at + 2)}`);
    if (code[at] === '`') return { texts: [...texts, code.slice(from, at)], holes, end: at + 1 };
    if (!code.startsWith('${', at)) continue;
    texts.push(code.slice(from, at));
    const end = endOfHole(code, at + 2);
    holes.push(code.slice(at + 2, end));
    at = end;
    from = end + 1;
  }
  throw new Error(`a template has no end: ${code.slice(start, start + 80)}`);
}

/** The place of the brace that closes a hole. */
function endOfHole(code: string, start: number): number {
  let depth = 0;
  for (let at = start; at < code.length; at++) {
    const sign = code[at]!;
    if (sign === '}' && depth-- === 0) return at;
    if (sign === '{') depth++;
    if (sign === '`') at = readTemplate(code, at).end - 1;
    if (sign === "'" || sign === '"') at = code.indexOf(sign, at + 1);
  }
  throw new Error(`a hole has no end: ${code.slice(start, start + 80)}`);
}
