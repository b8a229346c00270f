import { parseAnsiSequences } from 'ansi-sequence-parser';

/** The colours of a picture: one set for light pages, and one for dark pages. */
export type Theme = 'light' | 'dark';

interface Palette {
  readonly background: string;
  readonly frame: string;
  readonly text: string;
  readonly dim: string;
  readonly green: string;
  readonly yellow: string;
  readonly red: string;
}

/** Each colour has a contrast of at least 4.5 to the background (WCAG 2.2, 1.4.3). */
export const palettes: Readonly<Record<Theme, Palette>> = {
  light: {
    ...{ background: '#ffffff', frame: '#d0d7de', text: '#1f2328', dim: '#59636e' },
    ...{ green: '#116329', yellow: '#7d4e00', red: '#b3261e' },
  },
  dark: {
    ...{ background: '#0d1117', frame: '#30363d', text: '#e6edf3', dim: '#9198a1' },
    ...{ green: '#3fb950', yellow: '#d29922', red: '#ff7b72' },
  },
};

const sizes = { character: 8.43, line: 20, font: 14, margin: 16 } as const;

/** A command and what a terminal shows after it, with colours as escape sequences. */
export interface Screen {
  readonly command: string;
  readonly output: string;
}

/** An SVG picture of a terminal. It contains the text as text, so readers can search it and screen readers read it. */
export function terminalPicture(screen: Screen, theme: Theme): string {
  const colours = palettes[theme];
  const lines = [`$ ${screen.command}`, ...screen.output.trimEnd().split('\n')];
  const columns = Math.max(...lines.map((line) => [...plainText(line)].length));
  const width = Math.ceil(columns * sizes.character + 2 * sizes.margin);
  const height = lines.length * sizes.line + 2 * sizes.margin;
  const rows = lines.map((line, index) => {
    const y = sizes.margin + sizes.line * (index + 0.75);
    return `<text x="${sizes.margin}" y="${y}">${spansOf(line, colours)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(screen.command)}</title>`,
    // Chromium does not take the spaces from xml:space, and other programs know only that.
    '<style>text { white-space: pre }</style>',
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8" fill="${colours.background}" stroke="${colours.frame}"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${sizes.font}" fill="${colours.text}" xml:space="preserve">`,
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function spansOf(line: string, colours: Palette): string {
  return parseAnsiSequences(line)
    .map(({ value, foreground, decorations }) => {
      const name = foreground?.type === 'named' ? foreground.name : undefined;
      const colour = decorations.has('dim')
        ? colours.dim
        : name === 'green' || name === 'yellow' || name === 'red'
          ? colours[name]
          : undefined;
      const style = `${colour ? ` fill="${colour}"` : ''}${decorations.has('bold') ? ' font-weight="bold"' : ''}`;
      return style === '' ? escaped(value) : `<tspan${style}>${escaped(value)}</tspan>`;
    })
    .join('');
}

/**
 * The output as a terminal of `columns` columns shows it. A pipe gets whole lines, and a picture of them would be too wide
 * to read. Lines are split at spaces, and keep their indentation and colour.
 */
export function folded(output: string, columns = 110): string {
  return output
    .split('\n')
    .flatMap((line) => foldedLine(line, columns))
    .join('\n');
}

function foldedLine(line: string, columns: number): string[] {
  if (plainText(line).length <= columns) return [line];
  const indent = /^ */.exec(line)![0];
  const rows = [''];
  let length = 0;
  let style = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with ESC
  for (const token of line.match(/\u001b\[[\d;]*m| +|[^ \u001b]+/g) ?? []) {
    if (token.startsWith('\u001b')) {
      style = /\[(0|22|39)m$/.test(token) ? '' : token;
      rows[rows.length - 1] += token;
      continue;
    }
    if (length > 0 && length + token.length > columns && token.trim() !== '') {
      rows.push(`${indent}${style}`);
      length = indent.length;
    }
    rows[rows.length - 1] += token;
    length += token.length;
  }
  return rows.map((row) => row.trimEnd());
}

/** The text in a picture: the command and its output, without colours. */
export function textOfPicture(svg: string): string {
  const rows = [...svg.matchAll(/<text [^>]*>(.*)<\/text>/g)].map(([, row]) => row!.replace(/<[^>]*>/g, ''));
  return rows.map((row) => `${unescaped(row)}\n`).join('');
}

/** A text without escape sequences. */
export function plainText(text: string): string {
  return parseAnsiSequences(text)
    .map(({ value }) => value)
    .join('');
}

const entities: readonly (readonly [string, string])[] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
];

export function escaped(text: string): string {
  return entities.reduce((all, [character, entity]) => all.replaceAll(character, entity), text);
}

function unescaped(text: string): string {
  return entities.reduceRight((all, [character, entity]) => all.replaceAll(entity, character), text);
}
