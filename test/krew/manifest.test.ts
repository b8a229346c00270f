import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { parse, parseDocument } from 'yaml';
import { goPlatform, targets } from '../../scripts/bundle/target.ts';
import { krewManifest, manifestTemplate } from '../../scripts/dist/krew-manifest.ts';
import { version } from '../../src/version.ts';

const root = resolve(import.meta.dirname, '../..');
const hashOf = (archive: string) => Buffer.from(archive).toString('hex').padEnd(64, '0').slice(0, 64);
const text = krewManifest(manifestTemplate(), `v${version}`, hashOf);
const manifest = parse(text);

// krew decodes loosely: a misspelt field passes there, so each rule of its documentation and code stands here.

test('it has the fields of a krew manifest, and no others', (t) => {
  t.deepEqual(parseDocument(text).errors, []);
  t.deepEqual(Object.keys(manifest), ['apiVersion', 'kind', 'metadata', 'spec']);
  t.is(manifest.apiVersion, 'krew.googlecontainertools.github.com/v1alpha2');
  t.is(manifest.kind, 'Plugin');
  t.deepEqual(manifest.metadata, { name: 'skyports' });
  t.deepEqual(Object.keys(manifest.spec).sort(), [
    'caveats',
    'description',
    'homepage',
    'platforms',
    'shortDescription',
    'version',
  ]);
  for (const platform of manifest.spec.platforms) {
    t.deepEqual(Object.keys(platform).sort(), ['bin', 'selector', 'sha256', 'uri']);
    t.deepEqual(Object.keys(platform.selector), ['matchLabels']);
    t.deepEqual(Object.keys(platform.selector.matchLabels).sort(), ['arch', 'os']);
  }
});

test('the name is one that krew and every system can have', (t) => {
  t.regex(manifest.metadata.name, /^[\w-]+$/);
  t.regex(manifest.metadata.name, /^[a-z][a-z-]*$/);
  t.notRegex(manifest.metadata.name, /kube|^(con|prn|aux|nul|com\d|lpt\d)$/i);
});

test('the version is semantic, with its v', (t) => {
  t.regex(manifest.spec.version, /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?$/);
  t.is(manifest.spec.version, `v${version}`);
});

test('the short description is one line, short, without full stop and without kubectl', (t) => {
  const { shortDescription } = manifest.spec;
  t.notRegex(shortDescription, /[\r\n]|kubectl|\.$/);
  t.true(shortDescription.length <= 60);
});

test('the texts fit into a terminal, and the caveats tell how to switch completion on', (t) => {
  for (const line of `${manifest.spec.description}${manifest.spec.caveats}`.split('\n'))
    t.true(line.length <= 80, line);
  t.regex(manifest.spec.caveats, /kubectl skyports completion kubectl --install/);
});

test('every platform that is built is there once, and no other', (t) => {
  const inManifest = manifest.spec.platforms.map(
    ({ selector }: { selector: { matchLabels: { os: string; arch: string } } }) =>
      `${selector.matchLabels.os}/${selector.matchLabels.arch}`,
  );
  const built = targets.map(goPlatform).map(({ os, arch }) => `${os}/${arch}`);
  t.deepEqual([...inManifest].sort(), [...built].sort());
  t.is(new Set(inManifest).size, inManifest.length);
  const known = /^(windows\/(386|amd64|arm64)|linux\/(386|amd64|arm|arm64|ppc64le)|darwin\/(386|amd64|arm64))$/;
  for (const each of inManifest) t.regex(each, known);
});

test('addresses, hashes and programs are of the platform they stand at', (t) => {
  const { repository } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const home = repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
  t.is(manifest.spec.homepage, home);
  for (const { uri, sha256, bin, selector } of manifest.spec.platforms) {
    const { os, arch } = selector.matchLabels;
    const archive = `kubectl-skyports-${os}-${arch}${os === 'windows' ? '.zip' : '.tar.gz'}`;
    t.is(uri, `${home}/releases/download/v${version}/${archive}`);
    t.is(sha256, hashOf(archive));
    t.regex(sha256, /^[a-f0-9]{64}$/);
    t.is(bin, `kubectl-skyports${os === 'windows' ? '.exe' : ''}`);
  }
});

test('what nobody fills is an error', (t) => {
  t.throws(() => krewManifest('a: {{ .Nonsense }}\n', 'v1.0.0', hashOf), {
    message: /\{\{ \.Nonsense \}\}, which nobody fills/,
  });
});
