import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { platformsDocument } from '../../scripts/docs/platforms-document.ts';
import { addedLoadBalancers, allLoadBalancers, allPlatforms } from '../../src/platforms/all-platforms.ts';
import { detectPlatforms } from '../../src/platforms/detect.ts';
import { snapshotOf } from '../../src/snapshot/snapshot.ts';
import { sameDocument } from '../helpers/same-document.ts';
import { platformClusters } from './clusters.ts';

for (const [name, { platforms, loadBalancers, reason, snapshot }] of Object.entries(platformClusters)) {
  test(`${name} is taken for itself and nothing else`, (t) => {
    const found = detectPlatforms(snapshot);
    t.deepEqual(
      found.platforms.map(({ what }) => what.id),
      [...platforms],
    );
    t.deepEqual(
      found.loadBalancers.map(({ what }) => what.id),
      [...loadBalancers],
    );
    const said = [...found.platforms, ...found.loadBalancers].map((each) => each.reason).join('\n');
    t.regex(said, reason);
  });
}

test('every platform and every load balancer with marks is told in one of them', (t) => {
  const told = Object.values(platformClusters).flatMap(({ platforms, loadBalancers }) => [
    ...platforms,
    ...loadBalancers,
  ]);
  for (const { id } of allPlatforms) t.true(told.includes(id), id);
  for (const { id, matchers } of addedLoadBalancers) if (matchers.length > 0) t.true(told.includes(id), id);
});

test('ids are unique, and the names of their files', (t) => {
  const ids = [...allPlatforms, ...addedLoadBalancers].map(({ id }) => id);
  t.is(new Set(ids).size, ids.length);
  for (const id of ids) t.regex(id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
});

const root = resolve(import.meta.dirname, '../..');

test('each has a file of its name', (t) => {
  const namesIn = (folder: string) => readdirSync(join(root, 'src/platforms', folder)).map((file) => file.slice(0, -3));
  t.deepEqual([...namesIn('clouds'), ...namesIn('distributions')].sort(), allPlatforms.map(({ id }) => id).sort());
  t.deepEqual(namesIn('load-balancers').sort(), addedLoadBalancers.map(({ id }) => id).sort());
});

test('docs/platforms.md is what npm run docs makes', (t) => {
  sameDocument(t, 'docs/platforms.md', platformsDocument(), 'run npm run docs');
});

test('each fact has a source', (t) => {
  for (const { id, sources } of [...allPlatforms, ...allLoadBalancers]) {
    t.true(sources.length > 0, id);
    for (const source of sources) t.regex(source, /^https:\/\//, id);
  }
  for (const { id, internal, alternative } of allLoadBalancers)
    t.true(internal !== null || alternative !== undefined, id);
});

test('a context and a server count only where nothing better was seen', (t) => {
  const { snapshot } = platformClusters.kind!;
  const misnamed = { ...snapshot, context: 'gke_acme_us-central1-c_ml', server: 'x.azmk8s.io' };
  t.deepEqual(
    detectPlatforms(misnamed).platforms.map(({ what }) => what.id),
    ['kind'],
  );
});

test('nothing seen tells nothing', (t) => {
  const nothing = snapshotOf({ context: '', namespace: null, takenAt: '' }, {});
  t.deepEqual(detectPlatforms(nothing), { platforms: [], loadBalancers: [] });
});
