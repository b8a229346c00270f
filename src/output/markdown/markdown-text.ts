import { terminalText } from '../terminal-text.ts';

/**
 * A text as one line of Markdown (CommonMark, and the additions of GitHub and GitLab) that shows exactly this text. It
 * cannot become markup, HTML, a link, a mention (`@name`) or a reference (`#1`, `!1`, `GH-1`), which would notify people
 * or link to other issues. A space without width after a sign such as `@` prevents the last ones.
 */
export function markdownText(text: string): string {
  const line = terminalText(text.replace(/\s+/g, ' ').trim()).toWellFormed();
  return line
    .replace(/@(?=\S)|[#!%](?=[\p{L}\p{N}_])/gu, `$&${nothing}`)
    .replace(/[\\`*_[\]<>~|^]/g, '\\$&')
    .replace(/&/g, '&amp;')
    .replace(/\$/g, '&#36;')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/\b(www|GH)([.-])/gi, `$1${nothing}$2`)
    .replace(/^([-+=#]|\d+(?=[.)]))/, (start) => (/\d/.test(start) ? start : `\\${start}`))
    .replace(/^(\d+)([.)])/, '$1\\$2');
}

/** A space without width. It keeps two characters apart and is not visible. */
const nothing = '\u200b';

/**
 * A block of code. Its fence is longer than each run of backticks in the text, so no text can end it.
 *
 * @param language the word for the colours, such as `sh`
 */
export function codeBlock(lines: readonly string[], language: string): string {
  const text = lines.map((line) => terminalText(line).toWellFormed()).join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
