import { execFile } from 'node:child_process';
import { copyFileSync, createReadStream, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { delimiter, dirname, join } from 'node:path';
import { cluster } from '../../helpers/cluster.ts';
import { goPrograms } from '../../helpers/go-program.ts';
import { noProbes } from '../../helpers/run-skyports.ts';

export const krewVersion = 'v0.5.0';

/** A user's machine with kubectl and krew, and nothing of any other user. */
export interface KrewUser {
  readonly home: string;
  /** Where krew links what it installs. */
  readonly bin: string;
  run(program: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Outcome>;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** krew and its validator, built from the module that go.mod pins. */
export async function krewUser(home: string, indexUri: string): Promise<KrewUser> {
  const programs = await goPrograms({
    module: import.meta.dirname,
    packages: {
      krew: 'sigs.k8s.io/krew/cmd/krew',
      'validate-krew-manifest': 'sigs.k8s.io/krew/cmd/validate-krew-manifest',
    },
    linkerFlags: `-X sigs.k8s.io/krew/internal/version.gitTag=${krewVersion}`,
  });
  const [tools, krewRoot] = ['tools', 'krew'].map((name) => join(home, name));
  mkdirSync(tools!, { recursive: true });
  if (!existsSync(join(tools!, 'kubectl-krew'))) symlinkSync(join(programs, 'krew'), join(tools!, 'kubectl-krew'));
  const bin = join(krewRoot!, 'bin');
  const PATH = [bin, tools, programs, dirname(cluster().kubectl), '/usr/bin', '/bin'].join(delimiter);
  const base = {
    ...{ PATH, HOME: home, KREW_ROOT: krewRoot!, KREW_DEFAULT_INDEX_URI: indexUri, KREW_NO_UPGRADE_CHECK: '1' },
    ...{ ...noProbes, KUBECONFIG: cluster().adminKubeconfig, GIT_CONFIG_GLOBAL: '/dev/null' },
  };
  return {
    home,
    bin,
    run: (program, args, env = {}) =>
      new Promise((resolve) => {
        execFile(program, args, { env: { ...base, ...env }, cwd: home }, (error, stdout, stderr) => {
          resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
        });
      }),
  };
}

/** Serves the files of a folder on loopback. */
export async function serveFolder(folder: string): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const file = join(folder, request.url!.split('/').at(-1)!);
    if (!existsSync(file)) return void response.writeHead(404).end();
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as { port: number }).port}` };
}

/** Commits a manifest to a krew index in a folder, as `plugins/skyports.yaml`. */
export async function commitManifest(user: KrewUser, index: string, manifest: string): Promise<void> {
  mkdirSync(join(index, 'plugins'), { recursive: true });
  copyFileSync(manifest, join(index, 'plugins/skyports.yaml'));
  const git = async (...args: string[]) => {
    const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid', '-c', 'init.defaultBranch=main'];
    const { code, stderr } = await user.run('git', [...who, '-C', index, ...args]);
    if (code !== 0) throw new Error(stderr);
  };
  if (!existsSync(join(index, '.git'))) await git('init', '--quiet');
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'manifest');
}
