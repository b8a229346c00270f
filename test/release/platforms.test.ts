import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { version } from '../../src/version.ts';
import { cluster } from '../helpers/cluster.ts';
import { goPrograms } from '../helpers/go-program.ts';
import { ensurePackages } from '../helpers/program.ts';
import { madeDist, sourceCommit } from './made.ts';

const run = promisify(execFile);

/** What a reader that has nothing to do with our code finds in a file. */
async function readBinary(file: string): Promise<Record<string, unknown>> {
  const folder = await goPrograms({
    module: join(import.meta.dirname, 'binary-reader'),
    packages: { 'binary-reader': '.' },
  });
  return JSON.parse((await run(join(folder, 'binary-reader'), [file])).stdout);
}

for (const [platform, cpu] of [
  ['darwin-amd64', 'Amd64'],
  ['darwin-arm64', 'AARCH64'],
] as const) {
  test(`${platform} has an ad-hoc signature over all of its pages`, async (t) => {
    const { folder, read } = await madeDist(t);
    const name = `kubectl-skyports-${platform}`;
    const found = await readBinary(join(folder, name));
    t.is(found.cpu, cpu);
    t.is(found.identifier, 'kubectl-skyports');
    // CS_ADHOC and CS_LINKER_SIGNED.
    t.is(found.flags, 0x20002);
    t.deepEqual(found.wrongSlots, []);
    t.is(found.slots, Math.ceil((found.codeLimit as number) / (found.pageSize as number)));
    t.is(found.end, read(name).length, 'nothing lies behind the signature');
    t.true((found.segments as string[]).includes('NODE_SEA'));
  });
}

test('a page that is changed does not fit the signature any more', async (t) => {
  const { read } = await madeDist(t);
  const folder = mkdtempSync(join(tmpdir(), 'skyports-tampered-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = read('kubectl-skyports-darwin-arm64');
  file[100_000]! ^= 1;
  writeFileSync(join(folder, 'tampered'), file);
  t.deepEqual((await readBinary(join(folder, 'tampered'))).wrongSlots, [Math.floor(100_000 / 4096)]);
});

test('windows-amd64 is a console program with our resource in it and without a signature', async (t) => {
  const { folder } = await madeDist(t);
  const found = await readBinary(join(folder, 'kubectl-skyports-windows-amd64.exe'));
  // IMAGE_FILE_MACHINE_AMD64, IMAGE_SUBSYSTEM_WINDOWS_CUI
  t.deepEqual([found.machine, found.subsystem], [0x8664, 3]);
  t.deepEqual([found.certificateOffset, found.certificateSize], [0, 0]);
  t.true((found.sections as string[]).includes('.rsrc'));
  t.true(found.hasSeaResource as boolean);
  t.is(found.sectionsEnd, found.fileSize, 'nothing lies behind the sections');
});

test('linux-arm64 runs, under an emulator, and talks to a real API server', async (t) => {
  ensurePackages(['qemu-user-static', 'libc6-arm64-cross', 'libstdc++6-arm64-cross', 'libatomic1-arm64-cross']);
  const { folder } = await madeDist(t);
  const executable = join(folder, 'kubectl-skyports-linux-arm64');
  const emulated = (...args: string[]) =>
    run('qemu-aarch64-static', ['-L', '/usr/aarch64-linux-gnu', executable, ...args], {
      env: { PATH: process.env.PATH, HOME: tmpdir(), KUBECONFIG: cluster().adminKubeconfig, NODE_OPTIONS: '--bogus' },
    });
  t.is((await emulated('--version')).stdout, `kubectl-skyports v${version}\n`);
  t.regex((await emulated('endpoints', '--help')).stdout, /^List the ports of SkyPilot clusters/);
  t.is(JSON.parse((await emulated('endpoints', '-A', '-o', 'json')).stdout).kind, 'EndpointList');
});

test('linux-amd64 knows its commit, and starts with its code caches', async (t) => {
  const { folder } = await madeDist(t);
  const executable = join(folder, 'kubectl-skyports-linux-amd64');
  const env = { PATH: process.env.PATH, SKYPORTS_DEBUG: 'code-cache' };
  const { stdout, stderr } = await run(executable, ['version', '--client', '-o', 'json'], { env });
  t.deepEqual(JSON.parse(stdout).plugin, { version: `v${version}`, commit: sourceCommit });
  t.regex(stderr, /^code cache of main: accepted\n/);
  t.notRegex(stderr, /rejected/);
});

test('the npm package runs where it is installed, and depends on nothing', async (t) => {
  const { folder, read } = await madeDist(t);
  const about = JSON.parse(read('npm/package.json').toString());
  t.deepEqual([about.dependencies, about.scripts, about.version], [undefined, undefined, version]);
  const home = mkdtempSync(join(tmpdir(), 'skyports-npm-'));
  t.teardown(() => rmSync(home, { recursive: true }));
  mkdirSync(join(home, 'project'));
  const npm = (...args: string[]) =>
    run('npm', [...args, '--offline', '--no-audit', '--no-fund'], { cwd: join(home, 'project') });
  const packed = await npm('pack', join(folder, 'npm'), '--pack-destination', home, '--silent');
  await npm('install', join(home, packed.stdout.trim()));
  const program = join(home, 'project/node_modules/.bin/kubectl-skyports');
  const env = { PATH: process.env.PATH, HOME: home, KUBECONFIG: cluster().adminKubeconfig };
  t.is((await run(program, ['--version'], { env })).stdout, `kubectl-skyports v${version}\n`);
  t.is(JSON.parse((await run(program, ['endpoints', '-A', '-o', 'json'], { env })).stdout).kind, 'EndpointList');
});
