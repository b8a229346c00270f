import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Files of packages with regular expressions whose characters do not fit into one byte. esbuild leaves these as they are. */
const files = /[\\/]node_modules[\\/]powershell-utils[\\/]index\.js$/;

/** Writes these characters as `\uXXXX`, which means the same in strings, regular expressions and comments. */
export const escapeWideCharacters: Plugin = {
  name: 'escape-wide-characters',
  setup(build) {
    build.onLoad({ filter: files }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (/\\[\u0100-\uffff]/.test(text)) throw new Error(`${path} has an escaped wide character`);
      const contents = text.replace(
        /[\u0100-\uffff]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
      return { contents, loader: 'js' };
    });
  },
};
