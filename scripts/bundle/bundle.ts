import { isBuiltin } from 'node:module';
import { join, resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { type Diet, dietPlugin, diets } from './diets.ts';
import { sourceCommit } from './source-commit.ts';

/**
 * One script of the program, CommonJS. `main` is what lies in src/; each package that src/ imports is a part of its
 * own, named as in the import. A part costs time only when it is required: V8 reads a script's whole code cache at once.
 */
export interface Part {
  readonly name: string;
  /** One byte a character (latin1): V8 keeps it so, and the loader need not decode UTF-8. */
  readonly source: string;
  /** What went in: bytes of the source by file, relative to the project's folder. */
  readonly bytesByInput: Readonly<Record<string, number>>;
}

export interface BundleOptions {
  /** Default: src/main.ts. */
  readonly entry?: string;
  /** Default: all. Fewer are for measuring what one is worth. */
  readonly diets?: readonly Diet[];
}

const root = resolve(import.meta.dirname, '../..');

/** Bundles the program, all but Node's own modules, in parts; `main` is the first. The same for every platform. */
export async function bundleInParts({
  entry = 'src/main.ts',
  diets: chosen = diets,
}: BundleOptions = {}): Promise<Part[]> {
  const packages = new Set<string>();
  const main = await bundlePart('main', entry, [packagesApart(packages)]);
  const names = [...packages].sort();
  const rest = names.map((name) => bundlePart(name, name, [sharedApart(packages), dietPlugin(chosen)]));
  return [main, ...(await Promise.all(rest))];
}

/** Bundles all of it into one script. */
export function bundleWhole({ entry = 'src/main.ts', diets: chosen = diets }: BundleOptions = {}): Promise<Part> {
  return bundlePart('main', entry, [dietPlugin(chosen)]);
}

const options = {
  // With it no path of this machine gets into the result.
  absWorkingDir: root,
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
  define: { 'import.meta.url': 'bundleUrl', buildCommit: JSON.stringify(sourceCommit(root)) },
  banner: { js: 'var bundleUrl="file:///kubectl-skyports";' },
  minify: true,
  charset: 'ascii',
  legalComments: 'none',
} as const satisfies BuildOptions;

async function bundlePart(name: string, entry: string, plugins: Plugin[]): Promise<Part> {
  const { outputFiles, metafile } = await build({ ...options, entryPoints: [entry], plugins });
  const source = outputFiles[0]!.text;
  refuseWideCharacters(source);
  const inputs = Object.values(metafile.outputs)[0]?.inputs ?? {};
  return {
    name,
    source,
    bytesByInput: Object.fromEntries(Object.entries(inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput])),
  };
}

/** Leaves the packages that are imported to other parts, and notes their names. */
function packagesApart(found: Set<string>): Plugin {
  return {
    name: 'packages-apart',
    setup({ onResolve }) {
      onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
        if (kind === 'entry-point' || isBuiltin(path)) return undefined;
        found.add(path);
        return { path, external: true };
      });
    },
  };
}

/** A package that another one imports too is there once, if it is the same copy. */
function sharedApart(parts: ReadonlySet<string>): Plugin {
  return {
    name: 'shared-apart',
    setup({ onResolve, resolve: resolveImport }) {
      onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, pluginData }) => {
        if (kind === 'entry-point' || !parts.has(path) || pluginData === asked) return undefined;
        const [here, there] = await Promise.all(
          [resolveDir, join(root, 'src')].map((from) =>
            resolveImport(path, { kind, resolveDir: from, pluginData: asked }),
          ),
        );
        return here!.path === there!.path ? { path, external: true } : undefined;
      });
    },
  };
}

/** Marks a question of our own, which is not to be answered by ourselves. */
const asked = Symbol('asked by shared-apart');

/** esbuild escapes all that is not ASCII, but in regular expressions. */
function refuseWideCharacters(source: string): void {
  const at = source.search(/[\u0100-\uffff]/);
  if (at < 0) return;
  const code = source.codePointAt(at)!.toString(16).toUpperCase().padStart(4, '0');
  const context = source.slice(Math.max(0, at - 40), at + 40);
  throw new Error(`U+${code} does not fit into one byte: write it as \\u{${code}} in the source of ${context}`);
}
