import { chmodSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { run } from './run.ts';

/** What an executable is made of. */
export interface ExecutableParts {
  /** The Node it carries. */
  readonly node: string;
  /** A folder with the parts of the bundle and their code caches for exactly that Node, as assetNames names them. */
  readonly folder: string;
}

/**
 * Room for new objects, in MiB, from the start to the end. Node's 1 to 32 are for servers: the answers of an API server
 * all stay, so a large room only means that they are copied twice in larger pieces. On 1,000 SkyPilot clusters this
 * takes 177 MiB instead of 227 and 8 % less time; a start takes 1 ms less.
 */
const heap = ['--min-semi-space-size=4', '--max-semi-space-size=4'];

/**
 * Writes one executable file: Node, the loader, the bundle and its code caches. What comes between goes to the folder.
 * @param generator a Node that runs here, of the version of `parts.node`
 */
export async function makeExecutable(
  { node, folder }: ExecutableParts,
  generator: string,
  output: string,
): Promise<void> {
  const assets = readdirSync(folder)
    .filter((name) => /\.(cjs|cache)$/.test(name))
    .sort();
  await writeLoader(join(folder, 'loader.js'));
  const configuration = {
    // Node stores this path in the executable, so it is relative.
    main: 'loader.js',
    executable: relative(folder, resolve(node)),
    output: 'executable',
    assets: Object.fromEntries(assets.map((name) => [name, name])),
    disableExperimentalSEAWarning: true,
    // The loader has a better one.
    useCodeCache: false,
    useSnapshot: false,
    execArgv: heap,
    // NODE_OPTIONS is meant for the user's own Node.
    execArgvExtension: 'none',
  };
  writeFileSync(join(folder, 'executable.json'), JSON.stringify(configuration));
  await run(resolve(generator), ['--build-sea', 'executable.json'], folder);
  const made = join(folder, 'executable');
  chmodSync(made, 0o755);
  mkdirSync(dirname(output), { recursive: true });
  // Not written in place: an executable that runs cannot be written to, but its name can go to another file.
  renameSync(made, output);
}

async function writeLoader(outfile: string): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, 'loader.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node26',
    format: 'cjs',
    minify: true,
    logLevel: 'error',
  });
}
