// node scripts/bundle/pkg.ts FILE   (a PkgJob as JSON; HOME and TMPDIR are the job's own)
//
// Only this file uses @yao-pkg/pkg. pkg's public interfaces (the command line, `exec`) let the user's NODE_OPTIONS in and
// accept no assets. The function that they call for `--sea` has neither problem, so this file calls it. This function is not
// public, so the version of pkg is pinned exactly, and test/bundle tests the results.

import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** The description of one executable. */
export interface PkgJob {
  readonly target: PkgTarget;
  /** The Node in the executable, a file below the job's folder. It has the version of the Node that runs this. */
  readonly node: string;
  /** The platform of the executable. */
  readonly host: PkgTarget;
  /** The path is stored in the executable, so it is relative to a folder that pkg creates in TMPDIR. */
  readonly main: string;
  /** The files in the executable, by name. */
  readonly assets: Readonly<Record<string, string>>;
  /** Arguments for Node at each start. */
  readonly execArgv: readonly string[];
  readonly output: string;
}

/** Names of platforms in pkg. */
export interface PkgTarget {
  readonly platform: 'linux' | 'macos' | 'win';
  readonly arch: 'x64' | 'arm64';
}

const version = process.version.slice(1);

/**
 * Puts a Node into the place where pkg expects its own download, so that pkg downloads nothing. pkg expects three
 * files: an archive (which it does not open again), the binary, and for each of them an empty file that ends in `.ok`.
 */
function seed({ platform, arch }: PkgTarget, node: string): void {
  const system = platform === 'macos' ? 'darwin' : platform;
  const name = `node-v${version}-${system}-${arch}`;
  const cache = join(homedir(), '.pkg-cache', 'sea');
  const [archive, binary] =
    platform === 'win' ? [`${name}.zip`, `${name}.exe`] : [`${name}.tar.gz`, `${name}/bin/node`];
  mkdirSync(dirname(join(cache, binary)), { recursive: true });
  if (!existsSync(join(cache, binary))) copyFileSync(node, join(cache, binary));
  for (const file of [archive, `${archive}.ok`, `${binary}.ok`]) writeFileSync(join(cache, file), '');
}

/** The fields that this file uses. pkg's own types lack some settings of Node. */
type Sea = (
  entry: string,
  options: {
    readonly targets: readonly (PkgTarget & { readonly nodeRange: string; readonly output: string })[];
    readonly signature: boolean;
    readonly seaConfig: Readonly<Record<string, unknown>>;
  },
) => Promise<void>;

const { default: sea } = createRequire(import.meta.url)('@yao-pkg/pkg/lib-es5/sea.js') as { default: Sea };
const { target, host, node, main, assets, execArgv, output }: PkgJob = JSON.parse(
  readFileSync(process.argv[2]!, 'utf8'),
);
seed(target, node);
if (target.platform !== host.platform || target.arch !== host.arch) seed(host, process.execPath);
// pkg only checks that the entry exists. `main` is used instead, because an absolute path would make the bytes depend
// on the folder.
await sea(import.meta.filename, {
  targets: [{ nodeRange: `node${version}`, ...target, output }],
  // mach-o-signature.ts signs executables for macOS, because it does not need a Mac.
  signature: false,
  seaConfig: { main, assets, execArgv, execArgvExtension: 'none' },
});
