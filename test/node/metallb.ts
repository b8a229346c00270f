import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { applyObjects, type KubernetesObject, probeSoon, untilRolledOut } from './apply.ts';
import { loadBalancerPool } from './layout.ts';
import { moduleFolder } from './modules.ts';
import { isFulfilled, untilNode } from './processes.ts';
import type { NodePrograms } from './programs.ts';

export const metallbNamespace = 'metallb-system';

/** Installs MetalLB by upstream's manifest, with a pool on the node's network that is announced by ARP. */
export async function installMetalLb(programs: NodePrograms): Promise<void> {
  const module = await moduleFolder('metallb', 'go.universe.tf/metallb');
  const text = readFileSync(join(module, 'config/manifests/metallb-native.yaml'), 'utf8');
  const objects = parseAllDocuments(text).map((document) => document.toJS() as KubernetesObject);
  for (const object of objects) probeSoon(object);
  await applyObjects(programs, objects);
  await untilRolledOut(programs, metallbNamespace, 'deployment/controller');
  await makePool(programs);
  await untilRolledOut(programs, metallbNamespace, 'daemonset/speaker');
}

/** The pool and its advertisement. Its webhook refuses them until it is reached. */
export async function makePool(programs: NodePrograms): Promise<void> {
  const { from, to } = loadBalancerPool;
  const metadata = { name: 'node', namespace: metallbNamespace };
  const apiVersion = 'metallb.io/v1beta1';
  const pool = [
    { apiVersion, kind: 'IPAddressPool', metadata, spec: { addresses: [`${from}-${to}`] } },
    { apiVersion, kind: 'L2Advertisement', metadata },
  ];
  const made = () => isFulfilled(applyObjects(programs, pool));
  // It makes its certificate first, and reads it back from a mounted Secret, which the kubelet updates once a minute.
  await untilNode("MetalLB's webhook takes a pool", made, { withinMs: 180_000 });
}
