import { type Cure, command, cure } from '../errors/cure.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { metallbPods } from './announcements/metallb-speakers.ts';
import { applyCommand } from './manifest-command.ts';

const apiVersion = 'metallb.io/v1beta1';
/**
 * The usual namespace of MetalLB, from its own manifests. MetalLB reads its custom resources only in its own namespace.
 */
const usualNamespace = 'metallb-system';
// The manifest is from a release, because MetalLB's documentation advises against the main branch.
const manifest = 'https://raw.githubusercontent.com/metallb/metallb/v0.16.2/config/manifests/metallb-native.yaml';

/** A command that creates an IPAddressPool and an L2Advertisement. Source: https://metallb.io/configuration/ */
export function poolCure(namespace: string = usualNamespace, order = ''): Cure {
  const metadata = { name: 'default', namespace };
  return cure(
    applyCommand(
      { apiVersion, kind: 'IPAddressPool', metadata, spec: { addresses: ['RANGE'] } },
      { apiVersion, kind: 'L2Advertisement', metadata, spec: { ipAddressPools: ['default'] } },
    ),
    `${order}makes a pool and announces it by ARP; RANGE is a range of unused addresses of the network of the nodes, as FROM-TO or as a CIDR`,
  );
}

/** A command that creates an L2Advertisement for a pool. */
export function announcePoolCure(pool: string, namespace: string = usualNamespace): Cure {
  const advertisement = { apiVersion, kind: 'L2Advertisement', metadata: { name: pool, namespace } };
  return cure(
    applyCommand({ ...advertisement, spec: { ipAddressPools: [pool] } }),
    `announces pool ${pool} by ARP, from every node`,
  );
}

/** The commands that install MetalLB with a pool. Source: https://metallb.io/installation/ */
export const installMetallb: readonly Cure[] = [
  cure(command`kubectl apply -f ${manifest}`, 'first: installs MetalLB, which gives addresses of your own network'),
  cure(
    command`kubectl wait deployment/controller -n ${usualNamespace} --for=condition=Available --timeout=180s`,
    'then: waits until MetalLB accepts a pool',
  ),
  poolCure(usualNamespace, 'then: '),
];

/** The namespace of MetalLB's Pods; `metallb-system` if no Pod was seen. */
export function metallbNamespace(snapshot: Snapshot): string {
  return metallbPods(snapshot)[0]?.metadata?.namespace ?? usualNamespace;
}
