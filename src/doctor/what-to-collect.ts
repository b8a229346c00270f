import { controllerServiceSelector } from '../exposure/ingress-controllers.ts';
import { type EndpointScope, endpointRequests, nodesRequest } from '../exposure/what-to-collect.ts';
import { collectionPath } from '../snapshot/resource-paths.ts';
import type { TopicRequests } from '../snapshot/topic-request.ts';

/** The lists that a diagnosis rests on: those of the endpoints, the controllers' own, nodes and warnings; at most 13, in one round. */
export function doctorRequests(scope: EndpointScope): TopicRequests {
  const ofControllers = { labelSelector: controllerServiceSelector };
  const { namespace } = scope;
  return {
    ...endpointRequests(scope),
    nodes: nodesRequest,
    controllerPods: { path: collectionPath('Pod', null), ...ofControllers },
    controllerSlices: { path: collectionPath('EndpointSlice', null), ...ofControllers },
    webhooks: { path: collectionPath('ValidatingWebhookConfiguration', null) },
    events: { path: collectionPath('Event', namespace), fieldSelector: 'type=Warning' },
  };
}

/** One thing that the plugin's commands may have to do. */
export interface NeededAccess {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace?: string;
}

/** What `endpoints` reads and `expose` writes in a namespace; null asks for all namespaces. */
export function neededAccess(namespace: string | null): NeededAccess[] {
  const place = namespace === null ? {} : { namespace };
  const read = [
    { group: '', resource: 'pods' },
    { group: '', resource: 'services' },
    { group: 'discovery.k8s.io', resource: 'endpointslices' },
    { group: 'networking.k8s.io', resource: 'ingresses' },
  ].map((what) => ({ verb: 'list', ...what, ...place }));
  const write = ['create', 'patch', 'delete'].flatMap((verb) => [
    { verb, group: '', resource: 'services', ...place },
    { verb, group: 'networking.k8s.io', resource: 'ingresses', ...place },
  ]);
  return [
    ...read,
    { verb: 'list', group: 'networking.k8s.io', resource: 'ingressclasses' },
    { verb: 'list', group: '', resource: 'services', namespace: 'ingress-nginx' },
    ...write,
  ];
}
