import { parse } from '@textlint/markdown-to-ast';
import test from 'ava';
import fc from 'fast-check';
import { codeBlock, markdownText } from '../../src/output/markdown/markdown-text.ts';

interface AstNode {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly AstNode[];
}

function* nodesOf(node: AstNode): Generator<AstNode> {
  yield node;
  for (const child of node.children ?? []) yield* nodesOf(child);
}

const typesIn = (text: string) => new Set([...nodesOf(parse(text) as AstNode)].map(({ type }) => type));
const plain = ['Document', 'Paragraph', 'Str'];

const hostile = [
  '@octocat and @team/all',
  'see #1, GH-12, !7 and owner/repo#3',
  '[click](https://evil.example) ![x](https://evil.example/x.png)',
  'https://evil.example and www.evil.example and a@evil.example',
  '<img src=x onerror=alert(1)> <script>alert(1)</script> <!-- x -->',
  '</details>',
  '``` \n# heading\n```',
  '`code` **bold** _it_ ~~no~~ $x$ | cell |',
  '# heading',
  '- item',
  '+ item',
  '1. item',
  '2) item',
  '===',
  '---',
  '> quote',
  '&lt;b&gt; &#64;octocat',
  'a\\`b`c',
  '[x]: https://evil.example',
  '[+@.[',
  '[^1]: note',
];

for (const text of hostile) {
  test(`is only text: ${text}`, (t) => {
    const markdown = markdownText(text);
    t.deepEqual(
      [...typesIn(markdown)].filter((type) => !plain.includes(type)),
      [],
      markdown,
    );
    const shown = [...nodesOf(parse(markdown) as AstNode)]
      .map(({ type, value }) => (type === 'Str' ? value : ''))
      .join('');
    t.is(shown.replaceAll('\u200b', ''), text.replace(/\s+/g, ' ').trim());
    t.notRegex(shown, /[@#!](?=[\w])|\bGH-\d|\bwww\./);
  });
}

test('any text is only text', (t) => {
  const signs = fc.constantFrom(...'[]()<>`*_~#@!&$|\\:/-+=.1aw \n"\'');
  fc.assert(
    fc.property(fc.string({ unit: signs, maxLength: 30 }), (text) => {
      const markdown = markdownText(text);
      return [...typesIn(`x ${markdown}`)].every((type) => plain.includes(type));
    }),
    { numRuns: 300 },
  );
  t.pass();
});

for (const text of ['```', '````sh', '~~~', '</details>', '`````````` x', '@octocat']) {
  test(`stays in its code block: ${text}`, (t) => {
    const nodes = [...nodesOf(parse(`${codeBlock(['before', text, 'after'], 'sh')}\n\nend`) as AstNode)];
    t.deepEqual(
      nodes.map(({ type }) => type),
      ['Document', 'CodeBlock', 'Paragraph', 'Str'],
    );
    t.is(nodes[1]!.value, `before\n${text}\nafter`);
  });
}
