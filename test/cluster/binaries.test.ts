import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { findPrograms, type Programs } from './binaries.ts';
import { cacheFolder } from './binary-cache.ts';
import { type FakeSources, fakeSources, writePrograms } from './fake-sources.ts';
import { ownIdentity } from './process-identity.ts';
import { until } from './until.ts';
import {
  etcdVersion,
  goPackages,
  goVersion,
  kubernetesVersion,
  programNames,
  programsWithoutControllers,
} from './versions.ts';

const progress = { step() {}, detail() {}, done() {} };

function sources(t: ExecutionContext): FakeSources {
  const made = fakeSources();
  t.teardown(made.remove);
  return made;
}

test('the folder of KUBEBUILDER_ASSETS comes first, the cache next, Go last', async (t) => {
  const { assets, withGo, built } = sources(t);
  const environment = { ...withGo(0), KUBEBUILDER_ASSETS: assets };
  const cache = cacheFolder(environment);
  writePrograms(assets, ['etcd']);
  writePrograms(cache, ['etcd', 'kubectl']);

  const found = await findPrograms({ environment, progress });
  t.deepEqual(found, {
    etcd: join(assets, 'etcd'),
    kubectl: join(cache, 'kubectl'),
    'kube-apiserver': join(cache, 'kube-apiserver'),
    'kube-controller-manager': join(cache, 'kube-controller-manager'),
  });
  t.deepEqual(built(), ['kube-apiserver', 'kube-controller-manager']);

  t.deepEqual(await findPrograms({ environment, progress }), found);
  t.is(built().length, 2, 'what was built is kept');
});

test('only the wanted programs are built', async (t) => {
  const { withGo, built } = sources(t);
  const environment = withGo(0);
  writePrograms(cacheFolder(environment), ['kube-controller-manager']);
  const found = await findPrograms({ names: programsWithoutControllers, environment, progress });
  t.deepEqual(Object.keys(found), [...programsWithoutControllers]);
  t.deepEqual(built(), [...programsWithoutControllers]);
  t.is(readFileSync(found.etcd, 'utf8'), '#!built\n');
});

test('without Go and network, one line says what to install', async (t) => {
  const { environment, assets } = sources(t);
  const error = await t.throwsAsync(findPrograms({ environment, progress }));
  t.notRegex(error.message, /\n/);
  t.regex(error.message, new RegExp(`needs etcd ${etcdVersion}, kube-apiserver ${kubernetesVersion}, kubectl`));
  t.regex(error.message, /install Go 1\.\d+ or later .*: export KUBEBUILDER_ASSETS=/);

  writePrograms(assets, ['etcd', 'kubectl', 'kube-apiserver']);
  const less = await t.throwsAsync(
    findPrograms({ environment: { ...environment, KUBEBUILDER_ASSETS: assets }, progress }),
  );
  t.regex(less.message, /needs kube-controller-manager 1\.\d+\.\d+, and/);
});

test('when Go cannot build, one line has its reason', async (t) => {
  const { withGo, environment, folder } = sources(t);
  const { PATH } = withGo(0);
  writeFileSync(join(folder, 'tools/go'), '#!/bin/sh\necho first >&2; echo "no such host" >&2; exit 1\n');
  const error = await t.throwsAsync(findPrograms({ environment: { ...environment, PATH }, progress }));
  t.regex(error.message, /^Go could not build etcd 3\.\d+\.\d+, kube-apiserver .*: no such host\. .*go build.*$/);
});

/** A process of its own that looks for the programs. */
function finder(environment: Readonly<Record<string, string>>) {
  const script = join(import.meta.dirname, 'fixtures/find-programs.ts');
  return spawn(process.execPath, [script], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function answer(child: ReturnType<typeof finder>): Promise<Programs> {
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (out === '') throw new Error(err);
  return JSON.parse(out);
}

test('of two processes that start at once, one builds and both have the programs', async (t) => {
  const { withGo, built } = sources(t);
  const environment = withGo(0.2);
  const [one, two] = await Promise.all([answer(finder(environment)), answer(finder(environment))]);
  t.deepEqual(one, two);
  t.deepEqual(built(), [...programNames]);
  for (const name of programNames) t.is(readFileSync(one[name], 'utf8'), '#!built\n');
  t.deepEqual(readdirSync(dirname(one.etcd)).sort(), [...programNames].sort(), 'nothing else is left in the cache');
});

test('a process that was killed while it built is in nobody’s way', async (t) => {
  const { withGo, built } = sources(t);
  const killed = finder(withGo(60));
  await until('it builds', () => built().length > 0);
  killed.kill('SIGKILL');
  await once(killed, 'exit');

  const found = await answer(finder(withGo(0)));
  t.deepEqual(readdirSync(dirname(found.etcd)).sort(), [...programNames].sort());
  t.is(readFileSync(found.etcd, 'utf8'), '#!built\n');
});

test('a lock is kept for a living process only', async (t) => {
  const { withGo, built } = sources(t);
  const environment = withGo(0);
  const cache = cacheFolder(environment);
  mkdirSync(cache, { recursive: true });
  // Its number is ours, but it was another process: it started at another time.
  writeFileSync(join(cache, 'lock'), ownIdentity().replace(/\d+$/, '1'));
  await findPrograms({ environment, progress });
  t.is(built().length, programNames.length);
});

test('versions.ts names what go.mod builds', (t) => {
  const goMod = readFileSync(join(import.meta.dirname, 'go.mod'), 'utf8');
  const minor = kubernetesVersion.replace(/^1\./, '0.');
  t.true(goMod.includes(`\nrequire k8s.io/kubernetes v${kubernetesVersion} `));
  t.true(goMod.includes(`\tgo.etcd.io/etcd/server/v3 v${etcdVersion} `));
  t.regex(goMod, new RegExp(`^go ${goVersion.replace('.', '\\.')}\\.`, 'm'));
  for (const [, version] of goMod.matchAll(/^\tk8s\.io\/\S+ => \S+ v(\S+)$/gm)) t.is(version, minor);
  const tools = /^tool \(\n([^)]*)\)/m.exec(goMod)?.[1]?.trim().split(/\s+/);
  t.deepEqual(tools?.sort(), Object.values(goPackages).sort());
});
