/** One command of a document, with the output that the document shows. */
export interface Example {
  /** The command, without the prompt `$ `. */
  readonly command: string;
  /** The lines between this command and the next one, with a newline after each. */
  readonly output: string;
}

/** A block of examples: ```` ```console ````. */
export interface Block {
  /**
   * The world that the commands run in. A comment `<!-- world: NAME -->` above the block names it. It applies to all
   * blocks below, up to the next such comment.
   */
  readonly world: string;
  /** Commands that run before those of the block, and that readers do not see: `<!-- before: COMMAND -->`. */
  readonly before: readonly string[];
  readonly examples: readonly Example[];
  /** Where the lines of the block begin and end in the text, in characters. */
  readonly start: number;
  readonly end: number;
}

/** The world of blocks without a comment: the clusters of `npm run demo`. */
export const usualWorld = 'demo';

/** All blocks of examples in a Markdown text, in their order. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let world = usualWorld;
  let before: string[] = [];
  const comments = /^<!-- (world|before): (.+) -->$|^```console\n([\s\S]*?)^```$/gm;
  for (const found of markdown.matchAll(comments)) {
    const [whole, keyword, value, lines] = found;
    if (keyword === 'world') world = value!;
    else if (keyword === 'before') before.push(value!);
    else {
      const start = found.index + '```console\n'.length;
      const end = found.index + whole.length - '```'.length;
      blocks.push({ world, before, examples: examplesIn(lines!), start, end });
      before = [];
    }
  }
  return blocks;
}

function examplesIn(lines: string): Example[] {
  return lines
    .split(/^(?=\$ )/m)
    .filter((part) => part.startsWith('$ '))
    .map((part) => {
      const [first, ...rest] = part.split('\n');
      return { command: first!.slice('$ '.length), output: rest.join('\n') };
    });
}

/** The lines of a block, with new outputs. */
export function linesOf(examples: readonly Example[]): string {
  return examples.map(({ command, output }) => `$ ${command}\n${output}`).join('');
}
