import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { run } from './run.ts';

/** What an executable is made of: files. */
export interface ExecutableParts {
  /** The Node it carries. */
  readonly node: string;
  readonly bundle: string;
  /** The code cache for exactly that Node, if there is one. */
  readonly cache?: string | undefined;
}

/**
 * Writes one executable file: Node, the loader, the bundle and its code cache.
 * @param generator a Node that runs here, of the version of `parts.node`
 * @param folder for what comes between, on the disk of `output`, the file to write
 */
export async function makeExecutable(
  parts: ExecutableParts,
  { generator, folder, output }: { generator: string; folder: string; output: string },
): Promise<void> {
  await writeLoader(join(folder, 'loader.cjs'));
  const path = (file: string) => relative(folder, resolve(file));
  const configuration = {
    // Node stores this path in the executable, so it is relative.
    main: 'loader.cjs',
    executable: path(parts.node),
    output: 'executable',
    assets: { bundle: path(parts.bundle), ...(parts.cache && { cache: path(parts.cache) }) },
    disableExperimentalSEAWarning: true,
    // The loader has a better one.
    useCodeCache: false,
    useSnapshot: false,
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
