import { addressPool, advertisement, ciliumPool } from './custom-resource-shapes.ts';
import { condition, labelSelector, metadata } from './meta-shapes.ts';
import { podProbe, probe } from './probe-shapes.ts';
import type { Shape } from './shape.ts';
import type { Topic } from './topics.ts';

/** `status.loadBalancer` of Services and Ingresses. */
const loadBalancer: Shape = { ingress: [{ ip: 'text', hostname: 'text', ipMode: 'text' }] };

const containerStatus: Shape = {
  name: 'text',
  ready: 'boolean',
  restartCount: 'number',
  state: {
    waiting: { reason: 'text', message: 'text' },
    running: 'any',
    terminated: { reason: 'text', message: 'text', exitCode: 'number' },
  },
  lastState: { terminated: { reason: 'text', message: 'text', exitCode: 'number' } },
};

const pod: Shape = {
  metadata,
  spec: {
    nodeName: 'text',
    hostNetwork: 'boolean',
    schedulingGates: [{ name: 'text' }],
    containers: [{ name: 'text', image: 'text', args: ['text'], ports: [{ name: 'text', containerPort: 'number' }] }],
  },
  status: {
    phase: 'text',
    reason: 'text',
    message: 'text',
    podIP: 'text',
    podIPs: [{ ip: 'text' }],
    hostIP: 'text',
    conditions: [condition],
    containerStatuses: [containerStatus],
    initContainerStatuses: [containerStatus],
  },
};

const service: Shape = {
  metadata,
  spec: {
    type: 'text',
    clusterIP: 'text',
    selector: 'texts',
    externalIPs: ['text'],
    externalTrafficPolicy: 'text',
    loadBalancerClass: 'text',
    loadBalancerSourceRanges: ['text'],
    ports: [
      {
        'port!': 'number',
        name: 'text',
        targetPort: 'port',
        nodePort: 'number',
        protocol: 'text',
        appProtocol: 'text',
      },
    ],
  },
  status: { loadBalancer, conditions: [condition] },
};

const endpointSlice: Shape = {
  metadata,
  addressType: 'text',
  ports: [{ name: 'text', port: 'number', protocol: 'text' }],
  endpoints: [
    {
      addresses: ['text'],
      nodeName: 'text',
      conditions: { ready: 'boolean', serving: 'boolean', terminating: 'boolean' },
      targetRef: { kind: 'text', name: 'text', namespace: 'text' },
    },
  ],
};

/** Of an Ingress: a Service, or something else that is left out. */
const backend: Shape = { service: { 'name!': 'text', port: { number: 'number', name: 'text' } } };

const ingress: Shape = {
  metadata,
  spec: {
    ingressClassName: 'text',
    defaultBackend: backend,
    rules: [{ host: 'text', http: { paths: [{ path: 'text', pathType: 'text', 'backend!': backend }] } }],
    tls: [{ hosts: ['text'], secretName: 'text' }],
  },
  status: { loadBalancer },
};

const ingressClass: Shape = { metadata, spec: { controller: 'text' } };

const node: Shape = {
  metadata,
  spec: { providerID: 'text', unschedulable: 'boolean', taints: [{ key: 'text', effect: 'text', value: 'text' }] },
  status: {
    addresses: [{ type: 'text', address: 'text' }],
    conditions: [condition],
    nodeInfo: { kubeletVersion: 'text', osImage: 'text' },
  },
};

const event: Shape = {
  metadata,
  type: 'text',
  reason: 'text',
  message: 'text',
  count: 'number',
  lastTimestamp: 'text',
  firstTimestamp: 'text',
  eventTime: 'text',
  series: { count: 'number', lastObservedTime: 'text' },
  'involvedObject!': { kind: 'text', namespace: 'text', name: 'text', uid: 'text' },
};

const webhook: Shape = {
  metadata,
  webhooks: [
    {
      'name!': 'text',
      failurePolicy: 'text',
      'clientConfig!': {
        url: 'text',
        caBundle: 'text',
        service: { 'namespace!': 'text', 'name!': 'text', port: 'number' },
      },
      rules: [{ apiGroups: ['text'], resources: ['text'], operations: ['text'] }],
    },
  ],
};

const networkPolicy: Shape = {
  metadata,
  spec: {
    podSelector: labelSelector,
    policyTypes: ['text'],
    ingress: [
      {
        from: [{ podSelector: labelSelector, namespaceSelector: labelSelector, ipBlock: { cidr: 'text' } }],
        ports: [{ port: 'port', endPort: 'number', protocol: 'text' }],
      },
    ],
  },
};

const accessReview: Shape = {
  'spec!': { resourceAttributes: { verb: 'text', group: 'text', resource: 'text', namespace: 'text' } },
  status: { allowed: 'boolean', reason: 'text' },
};

/** What an item of each topic has to be, as far as it is read. */
export const objectShapes: Readonly<Record<Topic, Shape>> = {
  serverVersion: { gitVersion: 'text' },
  apiGroups: { name: 'text' },
  accessReviews: accessReview,
  // What the user wrote there is judged by checks of its own.
  skyConfig: { 'path!': 'text', content: 'any' },
  pods: pod,
  deployments: { metadata },
  services: service,
  endpointSlices: endpointSlice,
  ingresses: ingress,
  ingressClasses: ingressClass,
  controllerServices: service,
  ingressNginxServices: service,
  namedControllerServices: service,
  controllerPods: pod,
  controllerSlices: endpointSlice,
  loadBalancerPods: { metadata },
  l2Advertisements: advertisement,
  bgpAdvertisements: advertisement,
  serviceLbPods: { metadata, status: { phase: 'text', conditions: [condition] } },
  ciliumPools: ciliumPool,
  addressPools: addressPool,
  webhooks: webhook,
  nodes: node,
  events: event,
  networkPolicies: networkPolicy,
  probes: probe,
  podProbes: podProbe,
};
