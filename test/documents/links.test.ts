import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import test from 'ava';

const root = resolve(import.meta.dirname, '../..');
const pages = [
  ...readdirSync(root).map((name) => join(root, name)),
  ...readdirSync(join(root, 'docs')).map((name) => join(root, 'docs', name)),
  ...['scenarios', 'field-cases'].map((name) => join(root, 'test', name, 'README.md')),
].filter((file) => file.endsWith('.md'));

/** GitHub's name of a heading: lower case, without punctuation, with dashes for spaces. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');
}

function anchorsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/^```[\s\S]*?^```/gm, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!));
}

/** What Markdown and HTML in a page lead to, without code. */
function linksOf(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
  const found = [...prose.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)];
  return found.map(([, markdown, html]) => (markdown ?? html)!);
}

test('every link between the documents leads to a file and a heading that exist', (t) => {
  let seen = 0;
  for (const page of pages) {
    for (const link of linksOf(readFileSync(page, 'utf8'))) {
      if (/^[a-z]+:/.test(link)) continue;
      seen++;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : resolve(dirname(page), path);
      const place = `${relative(root, page)}: ${link}`;
      if (!existsSync(target)) t.fail(`${place}: no such file`);
      else if (anchor !== undefined) t.true(anchorsOf(target).includes(anchor), `${place}: no such heading`);
    }
  }
  t.log(`${seen} links`);
  t.true(seen > 50);
});
