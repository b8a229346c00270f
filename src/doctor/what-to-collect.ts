import { controllerServiceSelector } from '../exposure/ingress-controllers.ts';
import { type EndpointScope, endpointRequests, nodesRequest } from '../exposure/what-to-collect.ts';
import { collectionPath } from '../snapshot/resource-paths.ts';
import type { TopicRequests } from '../snapshot/topic-request.ts';

/** The lists that a diagnosis rests on: those of the endpoints, the controllers' own, nodes and warnings; at most 14, in one round. */
export function doctorRequests(scope: EndpointScope): TopicRequests {
  const ofControllers = { labelSelector: controllerServiceSelector };
  const { namespace } = scope;
  return {
    ...endpointRequests(scope),
    nodes: nodesRequest,
    controllerPods: { path: collectionPath('Pod', null), ...ofControllers },
    controllerSlices: { path: collectionPath('EndpointSlice', null), ...ofControllers },
    webhooks: { path: collectionPath('ValidatingWebhookConfiguration', null) },
    networkPolicies: { path: collectionPath('NetworkPolicy', namespace) },
    events: { path: collectionPath('Event', namespace), fieldSelector: 'type=Warning' },
  };
}
