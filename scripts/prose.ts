// npm run prose: checks the English of the Markdown files, and of messages, help texts and comments in src, with the rules
// in prose.yml. The exit code is 1 if it finds a forbidden construction. `npm run check` runs it.
//
// textlint reads only Markdown. So each source file becomes a page in build/prose that contains only the texts of the file,
// on the same lines. The line of a finding is therefore the line in the source.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { createLinter, loadLinterFormatter, loadTextlintrc } from 'textlint';

const root = resolve(import.meta.dirname, '..');
const pages = join(root, 'build/prose');

/** Comments, and strings with a space in them. */
const texts = /\/\*[\s\S]*?\*\/|(?<![:/\w])\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;

/** The page of one source file. */
function pageOf(source: string): string {
  const lines = source.split('\n').map((): string[] => []);
  for (const { 0: found, index } of source.matchAll(texts)) {
    const isComment = found.startsWith('/');
    if (!isComment && !/\w \w/.test(found)) continue;
    const first = source.slice(0, index).split('\n').length - 1;
    const words = isComment ? found : found.slice(1, -1).replace(/\$\{[^}]*\}/g, 'X');
    for (const [at, line] of words.split('\n').entries()) {
      // A command or a name in backticks is no prose; a list or an indented line would become one in Markdown.
      lines[first + at]!.push(
        line
          .replace(/^[\s/*]+|\*\/\s*$/g, '')
          .replace(/^[-#>\d.]+\s/, '')
          .trim(),
      );
    }
  }
  return lines.map((line) => line.filter((text) => text !== '').join(' · ')).join('\n');
}

rmSync(pages, { recursive: true, force: true });
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
);
const made = sources.map((name) => {
  const page = join(pages, 'src', `${name}.md`);
  mkdirSync(dirname(page), { recursive: true });
  writeFileSync(page, pageOf(readFileSync(join(root, 'src', name), 'utf8')));
  return page;
});
const documents = readdirSync(join(root, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => join(root, 'docs', name));
const linter = createLinter({ descriptor: await loadTextlintrc({ configFilePath: join(root, '.textlintrc.json') }) });
const results = await linter.lintFiles([
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'].map((name) => join(root, name)),
  ...documents,
  ...made,
]);
const named = results.map((result) => {
  const name = relative(root, result.filePath).replaceAll('\\', '/');
  return { ...result, filePath: name.replace(/^build\/prose\/(.*)\.md$/, '$1') };
});
const wrong = named.filter(({ messages }) => messages.length > 0);
const count = wrong.reduce((sum, { messages }) => sum + messages.length, 0);
if (count > 0) {
  const formatter = await loadLinterFormatter({ formatterName: 'unix' });
  process.stderr.write(formatter.format(wrong));
}
process.stdout.write(`${count} findings in ${results.length} pages\n`);
process.exitCode = count > 0 ? 1 : 0;
