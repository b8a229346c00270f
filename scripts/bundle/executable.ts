import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { withoutAuthenticode } from './authenticode.ts';
import { withoutLocalNames } from './mach-o-local-names.ts';
import { signAdHoc } from './mach-o-signature.ts';
import { installedNode } from './node-binary.ts';
import type { PkgJob } from './pkg.ts';
import { run } from './run.ts';
import { stripElf } from './strip-elf.ts';
import { hostTarget, pkgTarget, type Target } from './target.ts';

/** The parts of an executable. */
export interface ExecutableParts {
  readonly target: Target;
  /** The Node in the executable. */
  readonly node: string;
  /** A folder with the parts of the bundle and their code caches for this Node. assetNames has their names. */
  readonly folder: string;
  /** Whether to include the code caches. */
  readonly withCaches: boolean;
}

/**
 * The size of V8's semi-space in MiB. With Node's default (1, and up to 32), a call collects garbage several times
 * while it starts, and a large list is copied twice. With this size, the usual calls on a few SkyPilot clusters end
 * before the first collection (docs/decisions.md).
 */
const heap = ['--min-semi-space-size=12', '--max-semi-space-size=12'];

/**
 * With this flag, Node does not parse its own list of certificate authorities when `node:tls` is loaded. Every
 * connection names its authorities (src/kubernetes/transport/tls-options.ts). A call of the API server takes 10 % less
 * processor time.
 */
const noOwnAuthorities = '--use-openssl-ca';

/**
 * Writes one executable file: Node, the loader, the bundle and its code caches. Intermediate files are in a folder
 * within `folder`. The same parts give the same bytes, on every machine and in every folder.
 */
export async function makeExecutable(parts: ExecutableParts, output: string): Promise<void> {
  const { target, folder, withCaches } = parts;
  const work = join(folder, `${target.platform}-${target.arch}`);
  mkdirSync(join(work, 'tmp'), { recursive: true });
  const node = join(work, 'node');
  writeFileSync(node, bareNode(parts), { mode: 0o755 });
  await writeLoader(join(work, 'loader.js'));
  const assets = readdirSync(folder)
    .filter((name) => name.endsWith('.cjs') || (withCaches && name.endsWith('.cache')))
    .sort();
  const made = join(work, 'executable');
  const job: PkgJob = {
    target: pkgTarget(target),
    host: pkgTarget(hostTarget()),
    node,
    // pkg creates a folder in TMPDIR and works in it.
    main: '../../loader.js',
    assets: Object.fromEntries(assets.map((name) => [name, join(folder, name)])),
    execArgv: [...heap, noOwnAuthorities],
    output: made,
  };
  const environment = { HOME: work, USERPROFILE: work, TMPDIR: join(work, 'tmp'), TEMP: join(work, 'tmp') };
  writeFileSync(join(work, 'job.json'), JSON.stringify(job));
  await run(installedNode(), [join(import.meta.dirname, 'pkg.ts'), 'job.json'], work, environment);
  if (!existsSync(made)) throw new Error(`pkg made no executable for ${target.platform}-${target.arch}`);
  if (target.platform === 'darwin') writeFileSync(made, signAdHoc(readFileSync(made), 'kubectl-skyports'));
  chmodSync(made, 0o755);
  mkdirSync(dirname(output), { recursive: true });
  // Write a new file and rename it, because a running executable cannot be overwritten.
  renameSync(made, output);
}

/** Node's executable, without the parts that are useless or wrong in another program. */
function bareNode({ target, node }: ExecutableParts): Buffer {
  const file = readFileSync(node);
  if (target.platform === 'linux') return stripElf(file);
  return target.platform === 'win32' ? withoutAuthenticode(file) : withoutLocalNames(file);
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
