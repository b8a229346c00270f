import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'yaml';
import { version } from '../../../src/version.ts';
import { withSkyCluster } from '../../helpers/world.ts';
import { archiveOf, madeDist, platforms } from '../made.ts';
import { commitManifest, type KrewUser, krewUser, serveFolder } from './programs.ts';

interface CheckContext {
  readonly user: KrewUser;
  /** The filled manifest, with the archives on loopback. */
  readonly manifest: string;
  readonly index: string;
}

async function makeScene(t: ExecutionContext): Promise<CheckContext> {
  const { folder, read } = await madeDist(t);
  const home = mkdtempSync(join(tmpdir(), 'skyports-krew-'));
  const { server, url } = await serveFolder(folder);
  t.teardown(() => {
    server.close();
    rmSync(home, { recursive: true });
  });
  const manifest = join(home, 'skyports.yaml');
  const here = read('skyports.yaml')
    .toString()
    .replace(/uri: \S+\/(\S+)/g, `uri: ${url}/$1`);
  writeFileSync(manifest, here);
  const index = join(home, 'index');
  return { user: await krewUser(home, `file://${index}`), manifest, index };
}

test("krew's own validator installs every platform and finds its licence", async (t) => {
  const { user, manifest } = await makeScene(t);
  const { code, stdout, stderr } = await user.run('validate-krew-manifest', ['-manifest', manifest]);
  t.is(code, 0, `${stdout}${stderr}`);
  t.regex(stdout + stderr, new RegExp(`all ${platforms.length} spec\\.platforms installed fine`));
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/sha256: ./, 'sha256: g'));
  t.not((await user.run('validate-krew-manifest', ['-manifest', manifest])).code, 0, 'it does look');
});

test('a user searches, installs, runs, upgrades and uninstalls it', async (t) => {
  const { user, manifest, index } = await makeScene(t);
  const names = await withSkyCluster('train');
  const krew = async (...args: string[]) => {
    const outcome = await user.run('kubectl', ['krew', ...args]);
    t.is(outcome.code, 0, `kubectl krew ${args.join(' ')}\n${outcome.stdout}${outcome.stderr}`);
    return `${outcome.stdout}${outcome.stderr}`;
  };
  const current = readFileSync(manifest, 'utf8');
  writeFileSync(manifest, current.replace(`version: v${version}`, 'version: v0.0.1'));
  await commitManifest(user, index, manifest);
  await krew('update');
  t.regex(await krew('search', 'skyports'), /skyports +Open, list and fix the ports of SkyPilot clusters +no/);
  t.regex(await krew('install', 'skyports'), /kubectl skyports completion kubectl --install/);
  t.is(await krew('list'), 'skyports\n');
  const installedVersion = () =>
    parse(readFileSync(join(user.home, 'krew/receipts/skyports.yaml'), 'utf8')).spec.version;
  t.is(installedVersion(), 'v0.0.1');

  const run = (...args: string[]) => user.run('kubectl', ['skyports', ...args]);
  t.is((await run('--version')).stdout, `kubectl-skyports v${version}\n`);
  const endpoints = await run('endpoints', '-n', names.namespace, '-o', 'json');
  t.is(JSON.parse(endpoints.stdout).kind, 'EndpointList', endpoints.stderr);
  const doctor = await run('doctor', 'train', '-n', names.namespace, '-o', 'json');
  t.is(JSON.parse(doctor.stdout).metadata.subject.skyCluster, 'train', doctor.stderr);
  t.is(
    (await run('completion', 'kubectl', '--install')).stdout,
    `${join(user.bin, 'kubectl_complete-skyports')} written\n`,
  );
  const completed = await user.run('kubectl', ['__complete', 'skyports', 'endpoints', '-n', names.namespace, ''], {
    SKYPORTS_COMPLETION_TIMEOUT: '20s',
  });
  t.is(completed.stdout, 'train\n:4\n');
  t.notRegex((await user.run('kubectl', ['plugin', 'list'])).stderr, /warning.*skyports/);

  writeFileSync(manifest, current);
  await commitManifest(user, index, manifest);
  await krew('update');
  await krew('upgrade', 'skyports');
  t.is(installedVersion(), `v${version}`);
  await krew('uninstall', 'skyports');
  t.not((await run('--version')).code, 0);
});

test('a custom index and other platforms work too', async (t) => {
  const { user, manifest, index } = await makeScene(t);
  await commitManifest(user, index, manifest);
  for (const [platform, env] of [
    ['windows', { KREW_OS: 'windows', KREW_ARCH: 'amd64' }],
    ['darwin', { KREW_OS: 'darwin', KREW_ARCH: 'arm64' }],
    ['linux', { KREW_OS: 'linux', KREW_ARCH: 'arm64' }],
  ] as const) {
    const added = await user.run('kubectl', ['krew', 'index', 'add', platform, `file://${index}`], env);
    t.is(added.code, 0, added.stderr);
    const installed = await user.run('kubectl', ['krew', 'install', `${platform}/skyports`], env);
    t.is(installed.code, 0, installed.stderr);
    const removed = await user.run('kubectl', ['krew', 'uninstall', 'skyports'], env);
    t.is(removed.code, 0, removed.stderr);
  }
  const refused = await user.run('kubectl', ['krew', 'install', 'linux/skyports'], {
    KREW_OS: 'linux',
    KREW_ARCH: 'ppc64le',
  });
  t.not(refused.code, 0, 'a platform that is not there is refused');
});

test('installed from a manifest and an archive, it prints what the README and the other documents show', async (t) => {
  t.timeout(600_000);
  const { user, manifest } = await makeScene(t);
  const { folder } = await madeDist(t);
  const archive = join(folder, archiveOf('linux-amd64'));
  const installed = await user.run('kubectl', ['krew', 'install', `--manifest=${manifest}`, `--archive=${archive}`]);
  t.is(installed.code, 0, installed.stderr);
  const script = resolve(import.meta.dirname, '../../../scripts/examples.ts');
  const executable = join(user.bin, 'kubectl-skyports');
  // It starts a cluster of its own, because the examples list all namespaces.
  const args = [script, '--check', '--executable', executable];
  const { stdout } = await promisify(execFile)(process.execPath, args).catch((error) => error);
  t.is(stdout, '');
});
