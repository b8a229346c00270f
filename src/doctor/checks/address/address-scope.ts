import { advice } from '../../../errors/cure.ts';
import { scopeOf } from '../../../exposure/scope.ts';
import { allModes } from '../../../modes/all-modes.ts';
import { listed } from '../../../snapshot/text.ts';
import { clusterKey, endpointsOf } from '../../check-context.ts';
import { defineCheck } from '../../define-check.ts';
import { fieldOf } from '../../finding.ts';
import { displayOf } from '../../format.ts';
import { controllerTopics } from '../../subjects/judged-controllers.ts';
import { ownNetworkOf } from '../../subjects/own-network.ts';

export const addressScope = defineCheck({
  id: 'address-scope',
  group: 'address',
  onPath: false,
  title: 'every port has a public address',
  severity: 'info',
  needs: ['services'],
  wants: [...controllerTopics, 'endpointSlices', 'nodes'],
  after: [
    'api-server-answers',
    'load-balancer-implementation',
    'load-balancer-class-owned',
    'load-balancer-address',
    'ingress-external-ip',
  ],
  docs: () => ({
    means:
      'The address of a port is in a private range (RFC 1918, 100.64.0.0/10, ULA, link-local), or is the machine itself (`localhost`).',
    matters:
      'It can only be called from its own network: the VPC, the LAN, a VPN into it, or a tailnet. This is often intended, for example with MetalLB on your own network, or an internal load balancer. It may also surprise you: the AWS Load Balancer Controller creates internal load balancers by default. Whether a host name is public is unknown without DNS.',
    fix: 'If the port should be public, request a public address from the load balancer, with the annotation of its platform.',
    sources: ['RFC 1918, RFC 6598, RFC 4193, RFC 3927', 'aws-load-balancer-controller docs/guide/service/nlb.md'],
  }),
  notApplicable: (scene) => (addressed(scene).length === 0 ? 'no checked port has an address' : undefined),
  find(scene) {
    const found = new Map<
      string,
      { about: readonly string[]; addresses: Set<string>; rows: ReturnType<typeof addressed> }
    >();
    for (const row of addressed(scene)) {
      const scope = scopeOf(row.address!);
      if (scope !== 'private' && scope !== 'local') continue;
      const key = `${clusterKey(row)} ${scope}`;
      const known = found.get(key) ?? { about: [clusterKey(row)], addresses: new Set(), rows: [] };
      known.addresses.add(row.address!);
      found.set(key, { ...known, rows: [...known.rows, row] });
    }
    return [...found.values()].map(({ about, addresses, rows }) => ({
      about,
      objects: rows[0]!.source,
      evidence: rows[0]!.source
        .slice(0, 1)
        .map((reference) => fieldOf(reference, 'address', [...addresses].join(', '))),
      addresses: [...addresses],
      row: rows[0]!,
      network: ownNetworkOf(rows[0]!, scene.view),
    }));
  },
  say({ addresses, row, network }) {
    const who = displayOf({ displayName: row.skyCluster, nameOnCloud: row.nameOnCloud });
    return scopeOf(addresses[0]!) === 'local'
      ? `${who} answers at ${listed(addresses)}: on this machine only`
      : `${who} answers at ${listed(addresses)}, a private address, to be reached from ${network}`;
  },
  cures: () => [advice('nothing to fix if that is intended')],
});

function addressed(scene: Parameters<typeof endpointsOf>[0]) {
  return endpointsOf(scene).filter(({ address, mode }) => address !== null && allModes[mode].calledFrom === 'anywhere');
}
