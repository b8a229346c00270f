import test from 'ava';
import { admin, type Json, until } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { type SkyPilotNames, skyInternalServices, skyPod } from '../helpers/skypilot-objects.ts';
import { make, makeIngressNginx, withSkyCluster } from '../helpers/world.ts';
import { installSkyPilot, type PortMode, SkyPilot, type SkyPilotRequest } from './skypilot.ts';

// Two programs, the same objects: whatever one does, the other's stay as they are, and in the end nothing is left.

let sky: SkyPilot;
test.before(async () => {
  sky = await SkyPilot.start(await installSkyPilot());
  await makeIngressNginx();
});
test.after.always(() => sky?.stop());

/** SkyPilot does it, and does not raise. */
async function skyPilot(
  call: SkyPilotRequest['call'],
  { namespace, nameOnCloud }: SkyPilotNames,
  mode: PortMode,
  ...ports: number[]
) {
  const { result, raised } = await sky.ask({ call, cluster: nameOnCloud, ports, mode, namespace });
  if (raised !== undefined) throw new Error(`SkyPilot's ${call} raised ${raised}`);
  return result ?? {};
}

/** Services and Ingresses of a namespace that open ports, by name: what is compared. */
async function objectsIn(namespace: string): Promise<Map<string, string>> {
  const lists = await Promise.all([
    admin('GET', `/api/v1/namespaces/${namespace}/services`),
    admin('GET', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`),
  ]);
  return new Map(
    lists.flatMap(({ items }: Json) =>
      items.map(({ metadata, spec }: Json) => [
        metadata.name,
        JSON.stringify([metadata.uid, metadata.resourceVersion, spec]),
      ]),
    ),
  );
}

const isOurs = (name: string) => name.includes('--skyports-');
const named = (objects: Map<string, string>, which: (name: string) => boolean) =>
  new Map([...objects].filter(([name]) => which(name)));

async function rows(namespace: string): Promise<Json[]> {
  const { stdout } = await skyports(['endpoints', 'train', '-n', namespace, '-o', 'json']);
  return JSON.parse(stdout).items;
}

for (const mode of ['loadbalancer', 'ingress'] as const) {
  test(`${mode}: what SkyPilot opens is read as it means it`, async (t) => {
    const names = await withSkyCluster('train');
    await skyPilot('open', names, mode, 8888, 9000);
    const found = (await rows(names.namespace)).map(({ port, mode: each, managedBy }) => [port, each, managedBy]);
    t.deepEqual(found, [
      [8888, mode, 'skypilot'],
      [9000, mode, 'skypilot'],
    ]);
  });

  test(`${mode}: of ports that both open, neither harms the other's`, async (t) => {
    const names = await withSkyCluster('train');
    const { namespace } = names;
    const expose = async (...more: string[]) => {
      const { code, stderr } = await skyports([
        'expose',
        'train',
        ...more,
        '-n',
        namespace,
        '--mode',
        mode,
        '--wait=0',
      ]);
      t.is(code, 0, stderr);
    };
    await expose('8888', '9000');
    const ours = named(await objectsIn(namespace), isOurs);
    t.true(ours.size > 0);
    t.deepEqual(Object.keys(await skyPilot('query', names, mode, 8888)), mode === 'ingress' ? ['8888'] : []);
    // SkyPilot opens the same port afterwards, and relaunches with one more.
    await skyPilot('open', names, mode, 8888);
    await skyPilot('open', names, mode, 8888, 9001);
    t.deepEqual(named(await objectsIn(namespace), isOurs), ours, 'ours are what they were');
    const theirs = named(await objectsIn(namespace), (name) => !isOurs(name));
    t.true(theirs.size > 0);
    await expose('9002');
    const { code } = await skyports(['unexpose', 'train', '9000', '-n', namespace, '-y']);
    t.is(code, 0);
    t.deepEqual(
      named(await objectsIn(namespace), (name) => !isOurs(name)),
      theirs,
      "SkyPilot's are what they were",
    );
    await skyPilot('cleanup', names, mode, 8888, 9001);
    t.deepEqual([...named(await objectsIn(namespace), (name) => !isOurs(name)).keys()], []);
    t.true(named(await objectsIn(namespace), isOurs).size > 0, 'ours stay as long as the SkyPilot cluster');
  });

  test(`${mode}: sky down leaves nothing, and harms no other cluster`, async (t) => {
    const names = await withSkyCluster('train');
    const { namespace } = names;
    const other: SkyPilotNames = { namespace, displayName: 'other', nameOnCloud: 'train-2ea485ef-2' };
    await make(...skyInternalServices(names));
    await make(skyPod(other));
    await skyPilot('open', other, mode, 8888);
    await skyports(['expose', 'other', '9000', '-n', namespace, '--mode', mode, '--wait=0']);
    const others = await objectsIn(namespace);
    await skyPilot('open', names, mode, 8888);
    await skyports(['expose', 'train', '9000', '-n', namespace, '--mode', mode, '--wait=0']);
    const isOther = (name: string) => name.startsWith(other.nameOnCloud);
    const before = named(others, isOther);
    await skyPilot('down', names, mode, 8888);
    await until('nothing of the cluster is left', async () => {
      return named(await objectsIn(namespace), (name) => !isOther(name)).size === 0;
    });
    t.deepEqual(named(await objectsIn(namespace), isOther), before);
  });
}
