import { resolve } from 'node:path';
import { build } from 'esbuild';
import { type Diet, dietPlugin, diets } from './diets.ts';

/** The program as one file of CommonJS. */
export interface Bundle {
  /** One byte a character (latin1): V8 keeps it so, and the loader need not decode UTF-8. */
  readonly source: string;
  /** What went in: bytes of the bundle by file, relative to the project's folder. */
  readonly bytesByInput: Readonly<Record<string, number>>;
}

export interface BundleOptions {
  /** Default: src/main.ts. */
  readonly entry?: string;
  /** Default: all. Fewer are for measuring what one is worth. */
  readonly diets?: readonly Diet[];
}

const root = resolve(import.meta.dirname, '../..');

/** Bundles the program with everything it imports but Node's own modules. The same for every platform. */
export async function bundle(options: BundleOptions = {}): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    // With it no path of this machine gets into the result.
    absWorkingDir: root,
    entryPoints: [options.entry ?? 'src/main.ts'],
    bundle: true,
    write: false,
    metafile: true,
    logLevel: 'error',
    platform: 'node',
    target: 'node26',
    // ES modules would need a real `require` for their CommonJS dependencies, and start 10 ms later.
    format: 'cjs',
    // A script that is compiled from a string has no import(); esbuild turns it into a late require().
    supported: { 'dynamic-import': false },
    // yargs-parser makes a `require` of its own from it, for configuration files that this program does not have.
    define: { 'import.meta.url': 'bundleUrl' },
    banner: { js: 'var bundleUrl="file:///kubectl-skyports";' },
    minify: true,
    charset: 'ascii',
    legalComments: 'none',
    plugins: [dietPlugin(options.diets ?? diets)],
  });
  const source = outputFiles[0]!.text;
  refuseWideCharacters(source);
  const inputs = Object.values(metafile.outputs)[0]?.inputs ?? {};
  return {
    source,
    bytesByInput: Object.fromEntries(Object.entries(inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput])),
  };
}

/** esbuild escapes all that is not ASCII, but in regular expressions. */
function refuseWideCharacters(source: string): void {
  const at = source.search(/[\u0100-\uffff]/);
  if (at < 0) return;
  const code = source.codePointAt(at)!.toString(16).toUpperCase().padStart(4, '0');
  const context = source.slice(Math.max(0, at - 40), at + 40);
  throw new Error(`U+${code} does not fit into one byte: write it as \\u{${code}} in the source of ${context}`);
}
