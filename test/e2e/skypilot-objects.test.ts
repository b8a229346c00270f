import test from 'ava';
import { skyIngress, skyLoadBalancer, skyPortService } from '../helpers/skypilot-objects.ts';
import { apply, pasted, reached, untilReached } from './machine.ts';
import { appPort, skyCluster } from './sky-cluster.ts';

async function printed(namespace: string): Promise<{ url: string; prints: string; differs: string | null }> {
  await pasted(`kubectl skyports endpoints train -n ${namespace} --wait=60s`);
  const { items } = JSON.parse(await pasted(`kubectl skyports endpoints train -n ${namespace} -o json`));
  return { url: items[0].url, prints: items[0].skyPilot.prints, differs: items[0].skyPilot.differs };
}

test("SkyPilot's load balancer: what endpoints prints answers, and is what SkyPilot prints", async (t) => {
  const names = await skyCluster(t);
  await apply(skyLoadBalancer(names, [appPort]));
  const { url, prints, differs } = await printed(names.namespace);
  await untilReached(url);
  t.is((await reached(`${url}/x`))?.path, '/x');
  t.is(prints, url.replace('http://', ''));
  t.is(differs, null);
});

test("SkyPilot's Ingress: what endpoints prints answers, and is what SkyPilot prints", async (t) => {
  const names = await skyCluster(t);
  await apply(skyPortService(names, appPort), skyIngress(names, [appPort]));
  const { url, prints, differs } = await printed(names.namespace);
  t.true(url.endsWith(`/skypilot/${names.namespace}/${names.nameOnCloud}/${appPort}/`), url);
  await untilReached(url);
  t.is((await reached(`${url}x?y=z`))?.path, '/x?y=z');
  t.is(`${prints}/`, url);
  t.is(differs, null);
});
