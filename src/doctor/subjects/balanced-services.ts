import type { Service } from 'kubernetes-types/core/v1';
import type { Endpoint as SliceEndpoint } from 'kubernetes-types/discovery/v1';
import type { Owner } from '../../exposure/endpoint.ts';
import { externalAddressesOf } from '../../exposure/external-addresses.ts';
import { annotatedAddressOf } from '../../exposure/plan/plan-annotate.ts';
import type { Announced } from '../../platforms/announcements/announcement.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import type { AddressProbe } from '../../snapshot/probe.ts';
import { itemsOf, type Topic } from '../../snapshot/topics.ts';
import { type CheckContext, clusterKey, subjectKey } from '../check-context.ts';
import { isBehindProxy } from './called-ports.ts';
import { type ExposingService, exposingServices, platformTopics } from './exposing-services.ts';
import { controllerTopics, judgedControllers } from './judged-controllers.ts';
import { readyEndpointsOf } from './node-proposal.ts';

/** The topics that `balancedServices` reads, in addition to the Services in the snapshot's namespace. */
export const balancedTopics = [
  ...controllerTopics,
  ...platformTopics,
  'endpointSlices',
  'controllerSlices',
  'probes',
] as const satisfies readonly Topic[];

/** The topics that show which node announces an address. */
export const announcementTopics = [
  ...balancedTopics,
  'addressPools',
  'l2Advertisements',
  'bgpAdvertisements',
  'serviceL2Statuses',
  'metallbSpeakers',
  'ciliumL2Policies',
  'ciliumBgpAdvertisements',
  'leases',
] as const satisfies readonly Topic[];

/**
 * A Service that callers reach at an external address. It belongs to a SkyPilot cluster, or to the ingress controller
 * of the ports.
 */
export interface BalancedService extends Announced {
  /**
   * The external addresses of the Service. If the Service has none and is not a load balancer, this is the address in
   * its annotation `skypilot.co/external-ip`.
   */
  readonly addresses: readonly string[];
  /** The affected SkyPilot clusters. */
  readonly about: readonly string[];
  readonly owner: Owner | 'controller';
  /** The Service, its SkyPilot cluster, and the checked ports; undefined for the Service of an ingress controller. */
  readonly exposing: ExposingService | undefined;
  /** The result of calls to these addresses; undefined if no call proves anything. */
  readonly call: 'answers' | 'no-answer' | 'refused' | undefined;
}

type Judged = Pick<CheckContext, 'view' | 'subject' | 'namespace'>;

/**
 * The Services whose external addresses lead to the checked ports. If two checks read the same lists, they share the
 * result.
 */
export function balancedServices(scene: Judged): readonly BalancedService[] {
  const { view, subject } = scene;
  const read = (['services', ...balancedTopics] as const).map((topic) => view.snapshot.topics[topic]);
  return view.shared(`balanced ${subjectKey(subject)}`, read, () => findBalanced(scene));
}

function findBalanced(scene: Judged): BalancedService[] {
  const calls = Map.groupBy(itemsOf(scene.view.snapshot.topics.probes), ({ address }) => address);
  const byKey = new Map<string, BalancedService>();
  for (const exposing of exposingServices(scene)) {
    const { service, skyCluster, owner } = exposing;
    const known = byKey.get(keyOf(service));
    const about = [...(known?.about ?? []), clusterKey(skyCluster)];
    byKey.set(keyOf(service), { ...balanced(service, readyNodesOf(scene, service), calls), about, owner, exposing });
  }
  for (const { service, about } of judgedControllers(scene)) {
    const readyNodes = nodesOf(readyEndpointsOf(scene, service));
    byKey.set(keyOf(service), {
      ...{ ...balanced(service, readyNodes, calls), about },
      ...{ owner: 'controller', exposing: undefined },
    });
  }
  return [...byKey.values()].filter(({ addresses }) => addresses.length > 0);
}

type Calls = ReadonlyMap<string, readonly AddressProbe[]>;

function balanced(service: Service, readyNodes: BalancedService['readyNodes'], calls: Calls) {
  const external = externalAddressesOf(service).map(({ address }) => address);
  const annotated = service.spec?.type === 'LoadBalancer' ? undefined : annotatedAddressOf(service);
  const addresses = external.length > 0 || annotated === undefined ? external : [annotated];
  return { service, addresses, readyNodes, call: callOf(addresses.flatMap((address) => calls.get(address) ?? [])) };
}

/** The nodes with a ready Pod of a Service in the snapshot's namespace; undefined if they are not known. */
function readyNodesOf({ view }: Judged, service: Service): BalancedService['readyNodes'] {
  if (!view.snapshot.topics.endpointSlices.observed) return undefined;
  const endpoints = (view.slices.get(keyOf(service)) ?? []).flatMap((slice) => slice.endpoints ?? []);
  return nodesOf(endpoints.filter(({ conditions }) => conditions?.ready !== false));
}

function nodesOf(endpoints: readonly SliceEndpoint[] | undefined): BalancedService['readyNodes'] {
  const names = endpoints?.map(({ nodeName }) => nodeName);
  if (!names || names.includes(undefined)) return undefined;
  return new Set(names.filter((name) => name !== undefined));
}

function callOf(calls: readonly AddressProbe[]): BalancedService['call'] {
  if (calls.some(({ connection }) => connection?.outcome === 'open')) return 'answers';
  // This plugin calls without a proxy. If other programs on this machine use a proxy, a failed call proves nothing.
  const failures = calls.filter((probe) => !isBehindProxy(probe)).map(({ connection }) => connection);
  const isUnanswered = failures.some((each) => each?.outcome === 'no-answer' || each?.code === 'EHOSTUNREACH');
  if (isUnanswered) return 'no-answer';
  return failures.some((each) => each?.outcome === 'refused') ? 'refused' : undefined;
}
