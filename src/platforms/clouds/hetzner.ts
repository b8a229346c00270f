import type { Service } from 'kubernetes-types/core/v1';
import { command, cure, part } from '../../errors/cure.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { explanations, matcher, type Platform } from '../platform.ts';

const sources = [
  'https://github.com/hetznercloud/hcloud-cloud-controller-manager/blob/main/internal/hcops/load_balancer.go',

  'https://github.com/hetznercloud/hcloud-cloud-controller-manager/blob/main/docs/reference/load_balancer_annotations.md',
];

const location = 'load-balancer.hetzner.cloud/location';
const nodeSelector = 'load-balancer.hetzner.cloud/node-selector';
/** The label of a node with the location of its server. The cloud controller writes this label. */
const regionLabel = 'topology.kubernetes.io/region';

/** The network zone of each location (https://docs.hetzner.com/cloud/general/locations/). */
const zones: Readonly<Record<string, string>> = {
  ...{ fsn1: 'eu-central', nbg1: 'eu-central', hel1: 'eu-central' },
  ...{ ash: 'us-east', hil: 'us-west', sin: 'ap-southeast' },
};

export const hetzner: Platform = {
  id: 'hetzner',
  title: 'Hetzner',
  matchers: [matcher('providerID', /^(?:hcloud|hrobot):\/\//)],
  loadBalancer: {
    id: 'hetzner',
    title: "Hetzner's own cloud controller",
    matchers: [],
    classes: [],
    defaultScheme: 'public',
    internal: {
      annotations: {
        'load-balancer.hetzner.cloud/disable-public-network': 'true',
        'load-balancer.hetzner.cloud/use-private-ip': 'true',
      },
    },
    public: { annotations: {} },
    schemeAnnotations: [{ annotation: 'load-balancer.hetzner.cloud/disable-public-network', internal: /^true$/i }],
    healthCheck: {
      scope: 'per-port',
      httpProbe: {
        protocol: 'load-balancer.hetzner.cloud/health-check-protocol',
        path: 'load-balancer.hetzner.cloud/health-check-http-path',
        statuses: 'load-balancer.hetzner.cloud/http-status-codes',
      },
    },
    yields: cure(
      command`kubectl set env deployment/hcloud-cloud-controller-manager -n kube-system HCLOUD_LOAD_BALANCERS_ENABLED=false`,
      "makes Hetzner's cloud controller leave every Service of type LoadBalancer to the other",
    ),
    limits: [],
    eventExplanations: explanations(() => [
      {
        reason: /^SyncLoadBalancerFailed$/,
        message: /neither load-balancer\.hetzner\.cloud\/location nor load-balancer\.hetzner\.cloud\/network-zone set/,
        cause: 'nothing says in which location of Hetzner it is to be',
        advice:
          'a location is such as fsn1; HCLOUD_LOAD_BALANCERS_LOCATION of the cloud controller sets one for all Services',
        flags: part`--annotation ${`${location}=NAME`}`,
        flagsFor: (_service, snapshot) => part`--annotation ${`${location}=${regionsOf(snapshot)[0] ?? 'NAME'}`}`,
        source: 'https://github.com/hetznercloud/hcloud-cloud-controller-manager/issues/167',
      },
      {
        reason: /^SyncLoadBalancerFailed$/,
        message: /missing prefix hcloud:\/\//,
        cause: 'a node has no providerID of Hetzner',
        advice: 'run its kubelet with --cloud-provider=external',
        look: cure(
          command`kubectl get nodes -o custom-columns=N:.metadata.name,ID:.spec.providerID`,
          'shows the providerID of each node',
        ),
        source: 'https://github.com/hetznercloud/hcloud-cloud-controller-manager/issues/139',
      },
      {
        reason: /^SyncLoadBalancerFailed$/,
        message: /cross network zone is not supported|same network zone/,
        cause: 'a node is in another network zone than its load balancer',
        advice: 'it selects nodes of one network zone by their labels',
        flags: part`--annotation ${`${nodeSelector}=${regionLabel}=NAME`}`,
        flagsFor: (service, snapshot) => part`--annotation ${`${nodeSelector}=${nodesOfZone(service, snapshot)}`}`,
        source: 'https://github.com/syself/hetzner-cloud-controller-manager/issues/64',
      },
    ]),
    sources,
    unverified: [],
    tried: 'read',
  },
  sources,
  unverified: [],
};

/** The locations of the nodes. The location with the most nodes is first. */
function regionsOf({ topics }: Snapshot): string[] {
  const regions = itemsOf(topics.nodes).flatMap(({ metadata }) => metadata?.labels?.[regionLabel] ?? []);
  const counted = [...Map.groupBy(regions, (each) => each)].sort(([, a], [, b]) => b.length - a.length);
  return counted.map(([region]) => region);
}

/**
 * A label selector for the nodes in the network zone of the load balancer. If this zone is unknown, the selector is for
 * the zone of the location with the most nodes.
 */
function nodesOfZone({ metadata }: Service, snapshot: Snapshot): string {
  const regions = regionsOf(snapshot);
  const asked = metadata?.annotations?.[location] ?? regions[0] ?? '';
  const zone = metadata?.annotations?.['load-balancer.hetzner.cloud/network-zone'] ?? zones[asked];
  const [only = 'NAME', ...more] = regions.filter((region) =>
    zone === undefined ? region === asked : zones[region] === zone,
  );
  return more.length > 0 ? `${regionLabel} in (${[only, ...more].join(',')})` : `${regionLabel}=${only}`;
}
