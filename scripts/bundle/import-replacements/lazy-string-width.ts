// Replaces string-width for yargs 18.2, cliui 9 and wrap-ansi 9, which measure the text of --help with it.
//
// Why: string-width 7 and 8 create an Intl.Segmenter when they are imported. It reads ICU's tables, which adds 20 ms to
// every start, in three copies of the package.
// Safe because: printable ASCII text is as wide as it is long. Any other text goes to the real string-width.
// Remove when: string-width creates its segmenter at first use (look for `new Intl.Segmenter` at its top level).

import type realStringWidth from 'string-width';
import type { Options } from 'string-width';

let real: typeof realStringWidth | undefined;

export default function stringWidth(text: string, options?: Options): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  real ??= require('string-width').default as typeof realStringWidth;
  return real(text, options);
}
