import test from 'ava';
import type { Json } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { controllerAddress, giveAddress, makeIngressNginx, withSkyCluster } from '../helpers/world.ts';
import { installOlderSkyPilot, installSkyPilot, olderVersions, SkyPilot } from './skypilot.ts';

// What older releases have opened is still there when somebody installs the plugin: the same endpoints, whatever names,
// selectors and paths they wrote.

let newest: SkyPilot;
test.before(async () => {
  newest = await SkyPilot.start(await installSkyPilot());
  await makeIngressNginx();
});
test.after.always(() => newest?.stop());

for (const version of olderVersions) {
  for (const mode of ['loadbalancer', 'ingress'] as const) {
    test.serial(`what SkyPilot ${version} has opened in ${mode} mode`, async (t) => {
      const old = await SkyPilot.start(await installSkyPilot(), await installOlderSkyPilot(version));
      t.teardown(() => old.stop());
      const { namespace, nameOnCloud } = await withSkyCluster('train');
      const about = { cluster: nameOnCloud, mode, namespace };
      const ports = [8888, 9000];
      const opened = await old.ask({ call: 'open', ports, ...about });
      t.is(opened.raised, undefined);
      if (mode === 'loadbalancer') await giveAddress(namespace, `${nameOnCloud}--skypilot-lb`);
      const { stdout, stderr } = await skyports(['endpoints', 'train', '-n', namespace, '-o', 'json']);
      const rows: Json[] = JSON.parse(stdout || '{"items":[]}').items;
      t.deepEqual(
        rows.map(({ port, mode: each, managedBy }) => [port, each, managedBy]),
        [
          [8888, mode, 'skypilot'],
          [9000, mode, 'skypilot'],
        ],
        stderr,
      );
      t.true(rows.every(({ state }) => state !== 'Broken' && state !== 'Pending'));
      // Where it answers: of an Ingress the path that it has, whichever release wrote it.
      const theirs = (await old.ask({ call: 'query', ports, ...about })).result ?? {};
      for (const { port, url, address, skyPilot } of rows) {
        t.is(address, mode === 'ingress' ? controllerAddress : '203.0.113.80');
        if (mode === 'loadbalancer') t.is(`http://${theirs[port]}`, url);
        t.true(url.includes(mode === 'ingress' ? `/${port}` : `:${port}`));
        // What is printed today is what today's SkyPilot prints of it.
        const now = await newest.ask({ call: 'query', ports: [port], ...about });
        t.is(skyPilot.prints, now.result?.[port] ?? null);
        const bare = url.replace(/\/$/, '');
        if (mode === 'ingress' && theirs[port] === bare) t.is(skyPilot.differs === null, skyPilot.prints === bare);
      }
    });
  }
}
