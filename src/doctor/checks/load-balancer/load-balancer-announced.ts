import { advice, type Cure, command, cure } from '../../../errors/cure.ts';
import { externalAddressesOf } from '../../../exposure/external-addresses.ts';
import { keysOf } from '../../../platforms/annotation-key.ts';
import { metallb } from '../../../platforms/load-balancers/metallb.ts';
import type { Advertisement } from '../../../snapshot/topics.ts';
import { clusterKey } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf, serviceReference } from '../../finding.ts';
import { exposeCommand } from '../../format.ts';
import { exposingServices } from '../../subjects/exposing-services.ts';

/** Annotations where MetalLB writes the pool of an address. */
const poolAnnotations = keysOf(metallb, 'metallb.io/ip-allocated-from-pool');

interface Announced {
  readonly kind: 'l2advertisement' | 'bgpadvertisement';
  readonly advertisement: Advertisement;
}

export const loadBalancerAnnounced = defineCheck({
  id: 'load-balancer-announced',
  group: 'load-balancer',
  onPath: true,
  breaksCalls: true,
  title: 'every address that MetalLB gives is announced',
  severity: 'error',
  needs: ['services'],
  wants: ['pods', 'l2Advertisements', 'bgpAdvertisements'],
  after: ['api-server-answers'],
  docs: {
    means:
      "MetalLB has given a Service an address from a pool, and no L2Advertisement and no BGPAdvertisement takes that pool. Judged if MetalLB's custom resources may be seen.",
    matters: 'The Service looks healthy and has its EXTERNAL-IP; nothing answers for the address on the network.',
    fix: 'Add the pool to an L2Advertisement (or a BGPAdvertisement) that names pools, or create one that names it. An advertisement that names no pool announces all of them.',
    sources: ['metallb.io/v1beta1 L2Advertisement, spec.ipAddressPools', 'https://metallb.io/configuration/'],
  },
  notApplicable: ({ perhaps }) =>
    perhaps.l2Advertisements.observed && perhaps.bgpAdvertisements.observed
      ? undefined
      : 'there is no MetalLB, or what it announces was not looked at',
  find(scene) {
    const { l2Advertisements, bgpAdvertisements } = scene.perhaps;
    if (!l2Advertisements.observed || !bgpAdvertisements.observed) return [];
    const all: Announced[] = [
      ...l2Advertisements.items.map((advertisement) => ({ kind: 'l2advertisement', advertisement }) as const),
      ...bgpAdvertisements.items.map((advertisement) => ({ kind: 'bgpadvertisement', advertisement }) as const),
    ];
    return exposingServices(scene).flatMap(({ service, skyCluster, ports }) => {
      const annotations = service.metadata?.annotations ?? {};
      const key = poolAnnotations.find((each) => annotations[each]);
      const pool = key && annotations[key];
      const [given] = externalAddressesOf(service);
      if (!pool || !given || all.some(({ advertisement }) => takes(advertisement, pool))) return [];
      const reference = serviceReference(service);
      return [
        {
          about: [clusterKey(skyCluster)],
          objects: [reference, { kind: 'IPAddressPool', namespace: '', name: pool }],
          evidence: [fieldOf(reference, `metadata.annotations["${key}"]`, pool)],
          reference,
          pool,
          address: given.address,
          cures: [announcing(pool, all), cure(exposeCommand(skyCluster, ports, 'nodeport'), 'opens another way in')],
        },
      ];
    });
  },
  say: ({ reference: { namespace, name }, pool, address }) =>
    `Service ${namespace}/${name} has ${address} from MetalLB's pool ${pool}, and no advertisement announces that pool: nothing answers for the address`,
  cures: ({ cures }) => cures,
});

/** Adds the pool to an existing advertisement. */
function announcing(pool: string, all: readonly Announced[]): Cure {
  const [first] = all.filter(({ advertisement: { spec } }) => (spec?.ipAddressPools ?? []).length > 0);
  if (!first) return advice(`make an L2Advertisement for the pool ${pool}: https://metallb.io/configuration/`);
  const { kind, advertisement } = first;
  const { name = '', namespace = '' } = advertisement.metadata ?? {};
  const patch = JSON.stringify([{ op: 'add', path: '/spec/ipAddressPools/-', value: pool }]);
  return cure(
    command`kubectl patch ${kind} ${name} -n ${namespace} --type=json -p ${patch}`,
    `announces it like the pools that ${name} names`,
  );
}

/** Without names and selectors, it announces all pools. Selectors are not evaluated and count as a match. */
function takes({ spec }: Advertisement, pool: string): boolean {
  const { ipAddressPools = [], ipAddressPoolSelectors = [] } = spec ?? {};
  if (ipAddressPools.length === 0 && ipAddressPoolSelectors.length === 0) return true;
  return ipAddressPools.includes(pool) || ipAddressPoolSelectors.length > 0;
}
