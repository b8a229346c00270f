import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fieldManager, managedByLabel, ownLoadBalancerName } from '../../src/exposure/ownership.ts';
import { admin, cluster, type Json, newNamespace } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { type SkyPilotNames, skyLoadBalancer, skyNames, skyPod, skyPortService } from '../helpers/skypilot-objects.ts';
import { make, makeIngressNginx, makeNginxClass, makeNode } from '../helpers/world.ts';

/** A namespace with SkyPilot clusters and objects of others, and a home folder. Nothing else uses them. */
export interface KillWorld {
  readonly namespace: string;
  readonly home: string;
}

/** What a case adds to the world before its run. */
export interface Setting {
  /** Arguments of `expose`, without namespace and `--wait`. */
  readonly exposed?: readonly (readonly string[])[];
  /** Whatever else has to be there. */
  readonly more?: (namespace: string) => Promise<unknown>;
  /** The text of SkyPilot's configuration. */
  readonly skyConfig?: string;
}

/** Objects and files by their names: `Service NAME`, `Ingress NAME`, `file NAME`. */
export type State = ReadonlyMap<string, Json>;

const skyClusters = ['train', 'fresh', 'broken', 'other'];

let controller: Promise<void> | undefined;

/**
 * Makes a world in which much can be lost: `train`, `fresh` and `broken` are for the commands, `other` for nobody.
 * Removes it after the work, since a cluster has only 2,768 nodePorts.
 */
export async function inKillWorld<Result>(
  setting: Setting,
  work: (world: KillWorld) => Promise<Result>,
): Promise<Result> {
  const world = await makeKillWorld(setting);
  try {
    return await work(world);
  } finally {
    await removeKillWorld(world);
  }
}

/** Makes a world that the caller removes. */
export async function makeKillWorld({ exposed = [], more, skyConfig }: Setting): Promise<KillWorld> {
  controller ??= makeIngressNginx();
  const [namespace] = await Promise.all([newNamespace('kills'), makeNode(), makeNginxClass(), controller]);
  const [train, other] = [skyNames(namespace, 'train'), skyNames(namespace, 'other')];
  // Each namespace has the same addresses: a process would soon run out of new ones.
  const pods = skyClusters.map((name, index) =>
    skyPod(skyNames(namespace, name), { podIP: `10.244.255.${index + 1}` }),
  );
  await Promise.all(pods.map((pod) => make(pod)));
  const lookAlike = skyPortService({ ...train, nameOnCloud: `${train.nameOnCloud}--skyports` }, 8080);
  await Promise.all([
    make(skyLoadBalancer(train, [7000]), skyLoadBalancer(other, [7000, 7001]), ownLoadBalancer(other)),
    make({ ...lookAlike, metadata: { ...lookAlike.metadata, labels: { app: 'mine' } } }),
    make(foreignIngress(namespace)),
    ...exposed.map((args) => expose(args, namespace)),
  ]);
  await more?.(namespace);
  const home = mkdtempSync(join(cluster().temporaryFolder, 'kills-home-'));
  mkdirSync(join(home, '.sky'));
  // No program's default: whether the mode is kept shows.
  if (skyConfig !== undefined) writeFileSync(join(home, '.sky/config.yaml'), skyConfig, { mode: 0o640 });
  return { namespace, home };
}

export async function removeKillWorld({ namespace, home }: KillWorld): Promise<void> {
  const core = `/api/v1/namespaces/${namespace}`;
  await admin('DELETE', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`);
  await admin('DELETE', `${core}/services`);
  await admin('DELETE', `${core}/pods?gracePeriodSeconds=0`);
  rmSync(home, { recursive: true, force: true });
}

async function expose(args: readonly string[], namespace: string): Promise<void> {
  const { code, stderr } = await skyports(['expose', ...args, '-n', namespace, '--wait=0']);
  if (code !== 0) throw new Error(`the world could not be made: expose ${args.join(' ')}: ${stderr}`);
}

/** As `expose` makes it, for the price of one request. */
function ownLoadBalancer({ namespace, nameOnCloud }: SkyPilotNames): object {
  const labels = { [managedByLabel]: fieldManager, 'skypilot-cluster-name': nameOnCloud };
  const ports = [8080, 8081].map((port) => ({ name: `port${port}`, port, targetPort: port, protocol: 'TCP' }));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: ownLoadBalancerName(nameOnCloud), namespace, labels },
    spec: { type: 'LoadBalancer', selector: { component: `${nameOnCloud}-head` }, ports },
  };
}

function foreignIngress(namespace: string): object {
  const backend = { service: { name: 'web', port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web', namespace },
    spec: { ingressClassName: 'nginx', rules: [{ http: { paths: [{ path: '/web', pathType: 'Prefix', backend }] } }] },
  };
}

/** Everything that a command could change, as it is now. */
export async function stateOf({ namespace, home }: KillWorld): Promise<State> {
  const [services, ingresses] = await Promise.all([
    admin('GET', `/api/v1/namespaces/${namespace}/services`),
    admin('GET', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`),
  ]);
  const named = (kind: string, { items }: Json) =>
    items.map((item: Json): [string, Json] => [`${kind} ${item.metadata.name}`, item]);
  return new Map([...named('Service', services), ...named('Ingress', ingresses), ...filesOf(join(home, '.sky'))]);
}

function filesOf(folder: string): [string, Json][] {
  return readdirSync(folder).map((name) => {
    const file = join(folder, name);
    return [`file ${name}`, { text: readFileSync(file, 'utf8'), mode: statSync(file).mode.toString(8) }];
  });
}
