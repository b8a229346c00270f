// node scripts/bundle/pkg.ts FILE   (a PkgJob as JSON; HOME and TMPDIR are the job's own)
//
// The one file that knows @yao-pkg/pkg. Its public ways (the command line, `exec`) let NODE_OPTIONS of the user in and take
// no assets; what they call for `--sea` does neither, so that is called here. It is none of pkg's public surface: the
// version is pinned exactly, and test/bundle tests what is made.

import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** One executable to make. */
export interface PkgJob {
  readonly target: PkgTarget;
  /** The Node it carries, of the same version as the one that runs this; a file below the job's folder. */
  readonly node: string;
  /** The machine this runs on. */
  readonly host: PkgTarget;
  /** Relative to a folder that pkg makes in TMPDIR, since it is stored in the executable. */
  readonly main: string;
  /** Files by their name in the executable. */
  readonly assets: Readonly<Record<string, string>>;
  /** Arguments for Node, on each start. */
  readonly execArgv: readonly string[];
  readonly output: string;
}

/** By pkg's names. */
export interface PkgTarget {
  readonly platform: 'linux' | 'macos' | 'win';
  readonly arch: 'x64' | 'arm64';
}

const version = process.version.slice(1);

/**
 * Lays a Node where pkg has what it once downloaded, so that it asks for nothing: an archive, which it does not open
 * again, the binary, and an empty `.ok` beside either.
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

/** What is used of it; its own types know other settings of Node's than Node does. */
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
// The entry is only looked for: `main` takes its place, since an absolute path would make the bytes depend on the folder.
await sea(import.meta.filename, {
  targets: [{ nodeRange: `node${version}`, ...target, output }],
  // What is for a Mac is signed by mach-o-signature.ts, which needs no Mac.
  signature: false,
  seaConfig: { main, assets, execArgv, execArgvExtension: 'none' },
});
