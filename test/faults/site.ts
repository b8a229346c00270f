import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { skyClusterAnnotation } from '../../src/exposure/ownership.ts';
import { admin, cluster, create } from '../helpers/cluster.ts';
import { skyports } from '../helpers/run-skyports.ts';
import { ingressNginxService, type SkyPilotNames, skyLoadBalancer, skyNames } from '../helpers/skypilot-objects.ts';
import { giveAddress, make, makeIngressNginx, makeNginxClass, makeNode, withSkyCluster } from '../helpers/world.ts';

/** A namespace with one running SkyPilot cluster, and a home folder. */
export interface Site {
  readonly namespace: string;
  readonly names: SkyPilotNames;
  /** The name on the cloud. */
  readonly C: string;
  readonly home: string;
  /** The user's configuration of SkyPilot, in `home`. */
  readonly configFile: string;
}

/** The Service of an ingress controller of the user's own. */
export const controllerName = 'front-door';

/** Makes what all sites share: one node of Hetzner's, so that there is a platform, and an ingress-nginx. */
export async function makeSurroundings(): Promise<void> {
  await Promise.all([makeNode(), makeNginxClass(), makeIngressNginx()]);
  await admin('PATCH', '/api/v1/nodes/sky-node', { spec: { providerID: 'hcloud://1' } });
}

/** Makes a namespace of its own with the Pod of SkyPilot cluster `train`. */
export async function newSite(): Promise<Site> {
  const names = await withSkyCluster('train');
  const home = mkdtempSync(join(cluster().temporaryFolder, 'home-'));
  const configFile = join(home, '.sky/config.yaml');
  return { namespace: names.namespace, names, C: names.nameOnCloud, home, configFile };
}

/** Removes all Services and Ingresses of a site. */
export async function clear({ namespace }: Site): Promise<void> {
  await admin('DELETE', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`);
  await admin('DELETE', `/api/v1/namespaces/${namespace}/services`);
}

/** Makes what every site has: ports that SkyPilot opened, a port that `expose` opened, and a configuration. */
export async function makeOldPorts(site: Site): Promise<void> {
  await make(skyLoadBalancer(site.names, [7000], { ip: '203.0.113.90' }));
  await expose(site, '9000', '--mode', 'loadbalancer');
  await giveAddress(site.namespace, `${site.C}--skyports-lb`);
  writeConfig(site, 'kubernetes:\n  ports: loadbalancer\n');
}

/** Opens ports with nothing in between. */
export async function expose({ namespace, home }: Site, ...args: readonly string[]): Promise<void> {
  const words = ['expose', 'train', ...args, '--wait=0', '-n', namespace];
  const { code, stderr } = await skyports(words, { homeDirectory: home });
  if (code !== 0) throw new Error(`${words.join(' ')}: ${stderr}`);
}

/** Makes a Service of this plugin whose SkyPilot cluster is gone. */
export async function makeOrphan({ namespace }: Pick<Site, 'namespace'>, displayName: string): Promise<void> {
  const { nameOnCloud } = skyNames(namespace, displayName);
  await create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: `${nameOnCloud}--skyports-lb`,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'kubectl-skyports', 'skypilot-cluster-name': nameOnCloud },
      annotations: { [skyClusterAnnotation]: displayName },
    },
    spec: { type: 'LoadBalancer', selector: { component: `${nameOnCloud}-head` }, ports: [{ port: 80 }] },
  });
}

/** Makes the Service of a controller that nothing knows by its labels, with these annotations. */
export async function makeController({ namespace }: Site, annotations: Record<string, string>): Promise<void> {
  const service = ingressNginxService({ name: controllerName, namespace, type: 'NodePort', annotations });
  const metadata = { ...service.metadata!, labels: { app: controllerName } };
  await make({ ...service, metadata });
}

/** Makes our load balancer select nothing, as a careless editor does. */
export async function misdirect({ namespace, C }: Site): Promise<void> {
  await admin('PATCH', `/api/v1/namespaces/${namespace}/services/${C}--skyports-lb`, {
    spec: { selector: { app: 'mine' } },
  });
}

function writeConfig({ configFile }: Site, text: string): void {
  mkdirSync(dirname(configFile), { recursive: true });
  writeFileSync(configFile, text);
}
