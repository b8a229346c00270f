import { controllerServiceSelector, workloadsOfControllers } from '../exposure/controllers/ingress-controllers.ts';
import type { ExposeMode } from '../exposure/port-mode-names.ts';
import { writtenModeOf } from '../modes/all-modes.ts';
import { controllerPodsRequest } from '../modes/ingress/controller-pods.ts';
import { nodesRequest } from '../modes/nodeport/mode.ts';
import { deploymentsRequest, type EndpointScope, endpointRequests, podEventsIfGone } from '../modes/what-to-collect.ts';
import { loadBalancerWorkloads, workloadsOfLoadBalancers } from '../platforms/signals.ts';
import { collectionPath } from '../snapshot/resource-paths.ts';
import type { Snapshot, TopicRequests } from '../snapshot/snapshot.ts';
import { itemsOf, type Topic } from '../snapshot/topics.ts';
import { controllerServicesSeen, furtherRequests } from './further-requests.ts';

/** The label selector for the Pods of ingress controllers and of load balancers, so that one request is enough. */
const workloadSelector = `app.kubernetes.io/name in (${[...workloadsOfControllers, ...workloadsOfLoadBalancers].join(',')})`;

/**
 * The requests for the first lists of a diagnosis: lists of endpoints, of controllers, of nodes, and of warnings. At
 * most 15 lists are requested, all at the same time. Quotas need one more list.
 */
export function doctorRequests(scope: EndpointScope, readsQuotas = false): TopicRequests {
  const ofControllers = { labelSelector: controllerServiceSelector };
  const { namespace } = scope;
  return {
    ...endpointRequests(scope),
    deployments: deploymentsRequest(namespace),
    nodes: nodesRequest,
    controllerPods: { ...controllerPodsRequest, sharedSelector: workloadSelector },
    controllerSlices: { path: collectionPath('EndpointSlice', null), ...ofControllers },
    loadBalancerPods: {
      path: collectionPath('Pod', null),
      labelSelector: loadBalancerWorkloads,
      sharedSelector: workloadSelector,
    },
    webhooks: { path: collectionPath('ValidatingWebhookConfiguration', null) },
    networkPolicies: { path: collectionPath('NetworkPolicy', namespace) },
    events: { path: collectionPath('Event', namespace), fieldSelector: 'type=Warning' },
    ...(readsQuotas && { resourceQuotas: { path: collectionPath('ResourceQuota', namespace) } }),
  };
}

/**
 * Whether to list quotas. There are two cases: the user names a mode that writes objects, or the doctor judges all
 * modes in the whole context.
 */
export function asksForQuotas(
  mode: ExposeMode | undefined,
  name: string | undefined,
  namespace: string | null,
): boolean {
  return mode ? writtenModeOf(mode) !== undefined : name === undefined && namespace === null;
}

/** The maximum number of lists in a diagnosis, including refused lists and 404s. */
export const mostLists = 24;

/**
 * The requests that depend on the results of the first lists, for a diagnosis of all SkyPilot clusters in the snapshot.
 *
 * @param room the number of lists that may still be requested
 * @param untried the mode that the user named, if its objects will not be tried with a dry run
 */
export function furtherLists(snapshot: Snapshot, room: number, untried?: ExposeMode): TopicRequests {
  const { pods, services, ingresses } = snapshot.topics;
  const controllers = controllerServicesSeen(snapshot.topics);
  const mutatingWebhooks = { path: collectionPath('MutatingWebhookConfiguration', null) };
  const wanted: TopicRequests = {
    ...(untried && writtenModeOf(untried) && { mutatingWebhooks }),
    ...furtherRequests(snapshot, {
      services: [...itemsOf(services), ...controllers],
      ingresses: itemsOf(ingresses),
      pods: itemsOf(pods),
      controllers,
    }),
    ...podEventsIfGone(snapshot),
  };
  return within(wanted, room);
}

/**
 * The first of the requests, with at most `room` lists in total. A request with a second path for older API servers
 * counts as two lists.
 */
export function within(requests: TopicRequests, room: number): TopicRequests {
  let left = room;
  const taken = Object.entries(requests).filter(([, { olderPath }]) => {
    const cost = olderPath === undefined ? 1 : 2;
    if (cost > left) return false;
    left -= cost;
    return true;
  });
  return Object.fromEntries(taken) as { readonly [T in Topic]?: TopicRequests[T] };
}
