import { isBuiltin } from 'node:module';
import { basename, join, relative, resolve } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin, transform } from 'esbuild';
import { escapeWideCharacters } from './escape-wide-characters.ts';
import { type ImportReplacement, importReplacementPlugin, importReplacements } from './import-replacements.ts';
import { sourceCommit } from './source-commit.ts';

/**
 * One script of the program, as CommonJS. The scripts `main`, `start`, `help`, `connect`, `calls`, `platforms`,
 * `doctor` and `rest` contain the code of src/. Each package that src/ imports is its own script, with the name in the
 * import. V8 reads the whole code cache of a script at once. So a script takes time only when it is required, but each
 * further script also takes some time.
 */
export interface Part {
  readonly name: string;
  /** The text with one byte per character (latin1). V8 stores it in this form, so the loader need not decode UTF-8. */
  readonly source: string;
  /** The bytes of each source file in the bundle, by path relative to the project's folder. */
  readonly bytesByInput: Readonly<Record<string, number>>;
  /** The names by which other parts require pieces of this part; default: its own name. */
  readonly members?: readonly string[];
}

export interface BundleOptions {
  /** Default: src/main.ts. */
  readonly entry?: string;
  /** Default: the Node in the executable. */
  readonly target?: string;
  /** The imports to replace. Default: all. Measurements of single replacements use fewer. */
  readonly importReplacements?: readonly ImportReplacement[];
}

const root = resolve(import.meta.dirname, '../..');
const platforms = 'src/platforms/all-platforms.ts';

/**
 * Bundles the program, without Node's own modules, in parts. One of them is `main`. The result is the same for every
 * platform.
 */
export async function bundleInParts({
  entry = 'src/main.ts',
  importReplacements: chosen = importReplacements,
}: BundleOptions = {}): Promise<Part[]> {
  const packages = new Set<string>();
  const own = await bundleOwn(entry, packagesApart(packages));
  const names = [...packages].sort();
  const rest = names.map((name) =>
    bundlePart(name, name, [sharedApart(packages), importReplacementPlugin(chosen), escapeWideCharacters]),
  );
  return [...own, ...(await Promise.all(rest))];
}

/**
 * Bundles src/ into a few scripts: the code that every start runs, the help, the code for connections and completion,
 * the code for `endpoints`, the code that only `doctor` runs, and the rest. The platforms run when one of their exports
 * is first read, because few calls need them. esbuild can split src/ only as ES modules, into about 80 pieces. So these
 * pieces are converted to CommonJS and joined again.
 */
async function bundleOwn(entry: string, packages: Plugin): Promise<Part[]> {
  const { supported, format, banner, ...shared } = options;
  const { outputFiles, metafile } = await build({
    ...shared,
    format: 'esm',
    splitting: true,
    // As a separate entry point, the platforms get pieces that contain only the code of the platforms.
    entryPoints: { main: entry, platforms },
    outdir: 'pieces',
    plugins: [packages],
  });
  const { charset, minify, target, platform } = options;
  const pieces = await Promise.all(
    outputFiles.map(async ({ path, text }) => {
      const { code } = await transform(text, { format, charset, minify, target, platform, supported });
      refuseWideCharacters(code);
      return { file: relative(root, path).replaceAll('\\', '/'), code: withPlainExports(code) };
    }),
  );
  const groups = groupsOf(metafile.outputs);
  const named = (code: string) =>
    code.replace(/\brequire\("\.\/([^"]+)"\)/g, (_, name) => {
      const file = `pieces/${name}`;
      const piece = JSON.stringify(pieceName(groups, file));
      if (groups.get(file) !== 'platforms') return `require(${piece})`;
      return `require.late(${piece},${JSON.stringify(metafile.outputs[file]!.exports)})`;
    });
  return [...new Set(groups.values())].map((group) => {
    const own = pieces.filter(({ file }) => groups.get(file) === group);
    return {
      name: group,
      source:
        group === 'main' ? named(own[0]!.code) : registryOf(own.map(({ file, code }) => ({ file, code: named(code) }))),
      bytesByInput: Object.assign({}, ...own.map(({ file }) => bytesByInputOf(metafile.outputs[file]))),
      members: own.map(({ file }) => pieceName(groups, file)),
    };
  });
}

/**
 * A piece with its exports as plain values of one object. They are set after the piece has run. esbuild writes getters
 * instead, and copies them to a second object, because modules may have import cycles or change their exports. No
 * module of src/ does.
 */
function withPlainExports(code: string): string {
  const getters = /var ([\w$]+)=\{\};[\w$]+\(\1,\{([^{}]*)\}\);module\.exports=[\w$]+\(\1\);/;
  const [head, , list] = getters.exec(code) ?? [];
  if (head === undefined) {
    if (code.includes('module.exports')) throw new Error('esbuild writes exports in another way: see withPlainExports');
    return code;
  }
  const plain = list!.replace(/:\(\)=>/g, ':');
  return `${code.replace(head, '').replace(/0&&\(module\.exports=\{[^{}]*\}\);?\s*$/, '')};module.exports={${plain}};`;
}

/** A script that exports several modules, which run when they are required. */
function registryOf(pieces: readonly { readonly file: string; readonly code: string }[]): string {
  const modules = pieces.map(
    ({ file, code }) => `${JSON.stringify(basename(file))}:function(exports,require,module){${code}\n}`,
  );
  return `module.exports={${modules.join(',')}};`;
}

/** How one piece refers to another: by its script and its name in that script (compile.ts). */
function pieceName(groups: ReadonlyMap<string, string>, file: string): string {
  return groups.get(file) === 'main' ? 'main' : `${groups.get(file)}#${basename(file)}`;
}

/**
 * Chooses the script of each piece: the first script that always needs the piece. Pieces that are only sometimes
 * imported are in `rest`, unless a script names them.
 */
function groupsOf(outputs: Metafile['outputs']): Map<string, string> {
  const groups = new Map<string, string>();
  const atOnce = 'import-statement';
  const put = (file: string, group: string) => {
    if (groups.has(file) || !outputs[file]) return;
    groups.set(file, group);
    for (const { path, kind } of outputs[file].imports) if (kind === atOnce) put(path, group);
  };
  const files = Object.keys(outputs).sort();
  // Identify a piece by its source file, because each command has a piece named run.ts.
  const pieceOf = (source: string) => {
    const piece = files.find((file) => outputs[file]!.entryPoint === source);
    if (piece === undefined) throw new Error(`No piece of the bundle begins with ${source}.`);
    return piece;
  };
  const pieceWith = (source: string) => files.find((file) => Object.hasOwn(outputs[file]!.inputs, source))!;
  const begin = (group: string, ...sources: readonly string[]) => {
    for (const source of sources) put(pieceOf(source), group);
  };
  groups.set('pieces/main.js', 'main');
  groups.set(pieceWith(platforms), 'platforms');
  for (const { path, kind } of outputs['pieces/main.js']!.imports) if (kind === atOnce) put(path, 'start');
  begin('help', 'src/output/help-text.ts', 'src/commands/help-topics.ts');
  begin('connect', 'src/commands/completion/run-complete.ts', 'src/commands/completion/candidates.ts');
  begin('connect', 'src/kubernetes/api/connect.ts', 'src/kubernetes/transport/http2.ts');
  begin('calls', 'src/commands/endpoints/run.ts');
  // The code for the last steps of almost every failure.
  begin('calls', 'src/output/cure-lines.ts', 'src/commands/connection/cures.ts');
  begin('doctor', 'src/commands/doctor/run.ts', 'src/commands/doctor/look-at-path.ts');
  begin('doctor', 'src/kubernetes/snapshots/server-info.ts', 'src/kubernetes/snapshots/review-rules.ts');
  begin('doctor', 'src/kubernetes/changes/dry-run.ts', 'src/probes/probe-addresses.ts');
  for (const file of files) put(file, 'rest');
  return groups;
}

function bytesByInputOf(output: Metafile['outputs'][string] | undefined): Part['bytesByInput'] {
  const inputs = Object.entries(output?.inputs ?? {});
  return Object.fromEntries(inputs.map(([path, { bytesInOutput }]) => [path, bytesInOutput]));
}

/** Bundles everything into one script. */
export function bundleWhole({
  entry = 'src/main.ts',
  importReplacements: chosen = importReplacements,
  target,
}: BundleOptions = {}): Promise<Part> {
  return bundlePart('main', entry, [importReplacementPlugin(chosen), escapeWideCharacters], target);
}

const options = {
  // Keeps paths of this machine out of the result.
  absWorkingDir: root,
  bundle: true,
  write: false,
  metafile: true,
  logLevel: 'error',
  platform: 'node',
  target: 'node26',
  // ES modules would need a real `require` for their CommonJS dependencies, and would start 10 ms later.
  format: 'cjs',
  // A script compiled from a string has no import(), so esbuild replaces it by a later require().
  supported: { 'dynamic-import': false },
  // yargs-parser creates its own `require` from it, for configuration files that this program does not have.
  define: { 'import.meta.url': 'bundleUrl', buildCommit: JSON.stringify(sourceCommit(root)) },
  banner: { js: 'var bundleUrl="file:///kubectl-skyports";' },
  minify: true,
  charset: 'ascii',
  legalComments: 'none',
} as const satisfies BuildOptions;

async function bundlePart(
  name: string,
  entry: string,
  plugins: Plugin[],
  target: string = options.target,
): Promise<Part> {
  const { outputFiles, metafile } = await build({ ...options, target, entryPoints: [entry], plugins });
  const source = outputFiles[0]!.text;
  refuseWideCharacters(source);
  return { name, source, bytesByInput: bytesByInputOf(Object.values(metafile.outputs)[0]) };
}

/** Leaves imported packages out of this part, and records their names. These packages are their own parts. */
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

/** A package that two parts import is included once, if both use the same copy. */
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

/** Marks this plugin's own request, so that this plugin does not answer it again. */
const asked = Symbol('asked by shared-apart');

/** esbuild escapes all characters outside ASCII, except in regular expressions. */
function refuseWideCharacters(source: string): void {
  const at = source.search(/[\u0100-\uffff]/);
  if (at < 0) return;
  const code = source.codePointAt(at)!.toString(16).toUpperCase().padStart(4, '0');
  const context = source.slice(Math.max(0, at - 40), at + 40);
  throw new Error(`U+${code} does not fit into one byte: write it as \\u{${code}} in the source of ${context}`);
}
