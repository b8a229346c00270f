import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { findPrograms } from './binaries.ts';
import { cacheFolder, goArchitecture } from './binary-cache.ts';
import { fakeSources, writePrograms } from './fake-sources.ts';
import { freePorts } from './free-ports.ts';
import { kubernetesVersion, programNames, programsWithoutControllers } from './versions.ts';

const progress = { step() {}, detail() {}, done() {} };
/** A slow machine needs longer than the usual three seconds for a server of its own. */
const downloadLimits = { reachedWithinMs: 120_000, stalledAfterMs: 120_000 };
const archiveName = `envtest-v${kubernetesVersion}-${process.platform}-${goArchitecture}.tar.gz`;

/** A server on 127.0.0.1 in place of upstream's; `asked` gets the path of each request. */
async function upstream(t: ExecutionContext, answer: (base: string) => RequestListener) {
  const asked: string[] = [];
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.on('request', (request) => asked.push(request.url ?? '')).on('request', answer(base));
  t.teardown(() => server.close().closeAllConnections());
  return { indexUrl: `${base}/index.yaml`, asked };
}

/** Sources without Go, with the network allowed, and upstream's archive of programs that do nothing. */
function sources(t: ExecutionContext) {
  const made = fakeSources();
  t.teardown(made.remove);
  const unpacked = join(made.folder, 'controller-tools/envtest');
  mkdirSync(unpacked, { recursive: true });
  writePrograms(unpacked, ['etcd', 'kube-apiserver', 'kubectl']);
  const file = join(made.folder, 'archive.tar.gz');
  execFileSync('tar', ['-czf', file, '-C', made.folder, 'controller-tools']);
  const { SKYPORTS_OFFLINE: _, ...online } = made.withGo(0);
  return { ...made, online, archive: readFileSync(file) };
}

const publishing =
  (archive: Buffer, sha512: string, version = kubernetesVersion) =>
  (base: string): RequestListener =>
  (request, response) => {
    const entry = `      hash: ${sha512}\n      selfLink: ${base}/${archiveName}\n`;
    const index = `releases:\n  v${version}:\n    ${archiveName}:\n${entry}`;
    response.end(request.url === '/index.yaml' ? index : archive);
  };

const sha512 = (bytes: Buffer) => createHash('sha512').update(bytes).digest('hex');

test('what upstream’s archive has is taken from it, the rest is built', async (t) => {
  const { archive, online, built } = sources(t);
  const { indexUrl, asked } = await upstream(t, publishing(archive, sha512(archive)));
  const found = await findPrograms({ environment: online, progress, indexUrl, downloadLimits });
  t.deepEqual(asked, ['/index.yaml', `/${archiveName}`]);
  t.deepEqual(built(), ['kube-controller-manager']);
  t.is(found.etcd, join(cacheFolder(online), 'etcd'));
  t.is(readFileSync(found['kube-apiserver'], 'utf8'), '#!/bin/sh\nexit 0\n');

  await findPrograms({ environment: online, progress, indexUrl, downloadLimits });
  t.is(asked.length, 2, 'what was downloaded is kept');
});

test('the demo needs no Go if upstream’s archive can be had', async (t) => {
  const { archive, environment } = sources(t);
  const { SKYPORTS_OFFLINE: _, ...online } = environment;
  const { indexUrl } = await upstream(t, publishing(archive, sha512(archive)));
  const PATH = process.env
    .PATH!.split(':')
    .filter((folder) => !existsSync(join(folder, 'go')))
    .join(':');
  const names = programsWithoutControllers;
  const found = await findPrograms({ names, environment: { ...online, PATH }, progress, indexUrl, downloadLimits });
  t.deepEqual(Object.keys(found).sort(), [...names].sort());
});

test('an archive with another sha512 than published is refused', async (t) => {
  const { archive, online, built } = sources(t);
  const { indexUrl } = await upstream(t, publishing(archive, sha512(Buffer.from('another'))));
  const error = await t.throwsAsync(findPrograms({ environment: online, progress, indexUrl, downloadLimits }));
  t.regex(error.message, /^.* has sha512 [0-9a-f]{128}, but [0-9a-f]{128} is published for it.*$/);
  t.deepEqual(built(), []);
});

test('a version that upstream does not publish is built', async (t) => {
  const { archive, online, built } = sources(t);
  const { indexUrl, asked } = await upstream(t, publishing(archive, sha512(archive), '1.28.0'));
  await findPrograms({ environment: online, progress, indexUrl, downloadLimits });
  t.deepEqual(asked, ['/index.yaml']);
  t.deepEqual(built(), [...programNames]);
});

for (const [name, value] of [
  ['CI', 'true'],
  ['SKYPORTS_OFFLINE', '1'],
] as const) {
  test(`with ${name}=${value} nothing is downloaded`, async (t) => {
    const { archive, online, built } = sources(t);
    const { indexUrl, asked } = await upstream(t, publishing(archive, sha512(archive)));
    await findPrograms({ environment: { ...online, [name]: value }, progress, indexUrl });
    t.deepEqual(asked, []);
    t.deepEqual(built(), [...programNames]);
  });
}

test('a server that cannot be reached costs nothing', async (t) => {
  const { online, built } = sources(t);
  const [port] = await freePorts(1);
  await findPrograms({ environment: online, progress, indexUrl: `http://127.0.0.1:${port}/index.yaml` });
  t.deepEqual(built(), [...programNames]);
});

for (const [what, silent] of [
  ['the list', '/index.yaml'],
  ['the archive', `/${archiveName}`],
]) {
  test(`a server that is silent about ${what} is given up`, async (t) => {
    const { archive, online, built } = sources(t);
    const talking = publishing(archive, sha512(archive));
    const { indexUrl } = await upstream(t, (base) => (request, response) => {
      if (request.url !== silent) talking(base)(request, response);
    });
    // The first limit ends it. The second would end it after the test.
    const downloadLimits = { reachedWithinMs: 3000, stalledAfterMs: 3_600_000 };
    await findPrograms({ environment: online, progress, indexUrl, downloadLimits });
    t.deepEqual(built(), [...programNames]);
  });
}
