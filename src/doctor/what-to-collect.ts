import { controllerServiceSelector } from '../exposure/controllers/ingress-controllers.ts';
import { nodesRequest } from '../modes/nodeport/list.ts';
import { deploymentsRequest, type EndpointScope, endpointRequests } from '../modes/what-to-collect.ts';
import { loadBalancerWorkloads } from '../platforms/signs.ts';
import { collectionPath } from '../snapshot/resource-paths.ts';
import type { TopicRequests } from '../snapshot/topic-request.ts';

/** The lists that a diagnosis rests on: those of the endpoints, the controllers' own, nodes and warnings; at most 16, in one round. */
export function doctorRequests(scope: EndpointScope): TopicRequests {
  const ofControllers = { labelSelector: controllerServiceSelector };
  const { namespace } = scope;
  return {
    ...endpointRequests(scope),
    deployments: deploymentsRequest(namespace),
    nodes: nodesRequest,
    controllerPods: { path: collectionPath('Pod', null), ...ofControllers },
    controllerSlices: { path: collectionPath('EndpointSlice', null), ...ofControllers },
    loadBalancerPods: { path: collectionPath('Pod', null), labelSelector: loadBalancerWorkloads },
    webhooks: { path: collectionPath('ValidatingWebhookConfiguration', null) },
    networkPolicies: { path: collectionPath('NetworkPolicy', namespace) },
    events: { path: collectionPath('Event', namespace), fieldSelector: 'type=Warning' },
  };
}
