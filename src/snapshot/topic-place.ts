import type { Topic } from './topics.ts';

/** What a topic is called by Kubernetes, and where it is looked for. */
export interface TopicPlace {
  /** The resource as kubectl names it; undefined for what is no resource of the API. */
  readonly resource: string | undefined;
  readonly apiGroup: string;
  /** `scope`: the namespace of the look; null: all namespaces, or a kind without namespaces. */
  readonly namespace: 'scope' | 'ingress-nginx' | null;
}

const core = { apiGroup: '' };
const networking = { apiGroup: 'networking.k8s.io' };
const discovery = { apiGroup: 'discovery.k8s.io', resource: 'endpointslices' };
const noResource = { apiGroup: '', resource: undefined, namespace: null };

const places: Readonly<Record<Topic, TopicPlace>> = {
  serverVersion: noResource,
  accessReviews: { apiGroup: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews', namespace: null },
  skyConfig: noResource,
  pods: { ...core, resource: 'pods', namespace: 'scope' },
  services: { ...core, resource: 'services', namespace: 'scope' },
  endpointSlices: { ...discovery, namespace: 'scope' },
  ingresses: { ...networking, resource: 'ingresses', namespace: 'scope' },
  ingressClasses: { ...networking, resource: 'ingressclasses', namespace: null },
  controllerServices: { ...core, resource: 'services', namespace: null },
  ingressNginxServices: { ...core, resource: 'services', namespace: 'ingress-nginx' },
  namedControllerServices: { ...core, resource: 'services', namespace: null },
  controllerPods: { ...core, resource: 'pods', namespace: null },
  controllerSlices: { ...discovery, namespace: null },
  webhooks: { apiGroup: 'admissionregistration.k8s.io', resource: 'validatingwebhookconfigurations', namespace: null },
  nodes: { ...core, resource: 'nodes', namespace: null },
  events: { ...core, resource: 'events', namespace: 'scope' },
};

/** Where a topic is looked for. */
export function placeOf(topic: Topic): TopicPlace {
  return places[topic];
}
