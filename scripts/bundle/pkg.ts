// node scripts/bundle/pkg.ts FILE   (a PkgJob as JSON; HOME and TMPDIR are the job's own)
//
// The one file that knows @yao-pkg/pkg. Its public ways (the command line, `exec`) let NODE_OPTIONS of the user in and take
// no assets; what they call for `--sea` does neither, so that is called here. It is none of pkg's public surface: the
// version is pinned exactly, and test/bundle tests what is made.

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
 * Puts a Node where pkg expects its own download, so that it downloads nothing: an archive, which it does not open
 * again, the binary, and an empty `.ok` next to each.
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

/** The fields that are used. pkg's own types do not know all settings of Node. */
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
