import { countedResources } from './dry-run.ts';
import type { Shape } from './shape.ts';

/** ObjectMeta. */
export const metadata: Shape = {
  name: 'text',
  namespace: 'text',
  uid: 'text',
  resourceVersion: 'text',
  creationTimestamp: 'text',
  deletionTimestamp: 'text',
  labels: 'texts',
  annotations: 'texts',
  finalizers: ['text'],
  ownerReferences: [{ kind: 'text', name: 'text', uid: 'text' }],
  managedFields: [{ manager: 'text', operation: 'text', fieldsV1: 'any', subresource: 'text', time: 'text' }],
};

export const condition: Shape = {
  type: 'text',
  status: 'text',
  reason: 'text',
  message: 'text',
  lastTransitionTime: 'text',
};

export const labelSelector: Shape = {
  matchLabels: 'texts',
  matchExpressions: [{ 'key!': 'text', 'operator!': 'text', values: ['text'] }],
};

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

export const pod: Shape = {
  metadata,
  spec: {
    nodeName: 'text',
    hostNetwork: 'boolean',
    schedulingGates: [{ name: 'text' }],
    readinessGates: [{ conditionType: 'text' }],
    containers: [
      {
        name: 'text',
        image: 'text',
        args: ['text'],
        ports: [{ name: 'text', containerPort: 'number', hostPort: 'number', protocol: 'text' }],
      },
    ],
    initContainers: [{ name: 'text', image: 'text', restartPolicy: 'text' }],
  },
  status: {
    phase: 'text',
    reason: 'text',
    message: 'text',
    startTime: 'text',
    podIP: 'text',
    podIPs: [{ ip: 'text' }],
    hostIP: 'text',
    conditions: [condition],
    containerStatuses: [containerStatus],
    initContainerStatuses: [containerStatus],
  },
};

/** The Pod of a load balancer implementation. */
export const loadBalancerPod: Shape = {
  metadata,
  spec: { nodeName: 'text', containers: [{ name: 'text', image: 'text', args: ['text'] }] },
  status: {
    phase: 'text',
    reason: 'text',
    message: 'text',
    conditions: [condition],
    containerStatuses: [containerStatus],
  },
};

export const service: Shape = {
  metadata,
  spec: {
    type: 'text',
    clusterIP: 'text',
    selector: 'texts',
    externalIPs: ['text'],
    externalTrafficPolicy: 'text',
    loadBalancerClass: 'text',
    allocateLoadBalancerNodePorts: 'boolean',
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

export const endpointSlice: Shape = {
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

/** The backend of an Ingress path. A backend may also be something else than a Service, but only Services are read. */
const backend: Shape = { service: { 'name!': 'text', port: { number: 'number', name: 'text' } } };

export const ingress: Shape = {
  metadata,
  spec: {
    ingressClassName: 'text',
    defaultBackend: backend,
    rules: [{ host: 'text', http: { paths: [{ path: 'text', pathType: 'text', 'backend!': backend }] } }],
    tls: [{ hosts: ['text'], secretName: 'text' }],
  },
  status: { loadBalancer },
};

/** The settings of ingress-nginx that checks read. */
export const controllerSettings = [
  'use-proxy-protocol',
  'use-forwarded-headers',
  'ssl-redirect',
  'force-ssl-redirect',
  'global-auth-url',
  'proxy-body-size',
  'proxy-read-timeout',
  'proxy-send-timeout',
] as const;

/** The ConfigMap of ingress-nginx. */
export const controllerConfigMap: Shape = {
  metadata,
  data: Object.fromEntries(controllerSettings.map((key) => [key, 'text'])) as { readonly [key: string]: Shape },
};

/** The ConfigMap of Istio's mesh. Its key `mesh` is a MeshConfig in YAML. */
export const istioConfigMap: Shape = { metadata, data: { mesh: 'text' } };

/** security.istio.io/v1, PeerAuthentication. */
export const peerAuthentication: Shape = {
  metadata,
  spec: { selector: { matchLabels: 'texts' }, mtls: { mode: 'text' }, portLevelMtls: 'any' },
};

export const ingressClass: Shape = { metadata, spec: { controller: 'text' } };

export const node: Shape = {
  metadata,
  spec: { providerID: 'text', unschedulable: 'boolean', taints: [{ key: 'text', effect: 'text', value: 'text' }] },
  status: {
    addresses: [{ type: 'text', address: 'text' }],
    conditions: [condition],
    nodeInfo: { kubeletVersion: 'text', osImage: 'text' },
  },
};

export const event: Shape = {
  metadata,
  type: 'text',
  reason: 'text',
  message: 'text',
  count: 'number',
  lastTimestamp: 'text',
  firstTimestamp: 'text',
  eventTime: 'text',
  series: { count: 'number', lastObservedTime: 'text' },
  source: { component: 'text' },
  reportingComponent: 'text',
  'involvedObject!': { kind: 'text', namespace: 'text', name: 'text', uid: 'text' },
};

export const deployment: Shape = { metadata, status: { conditions: [condition] } };

export const daemonSet: Shape = {
  metadata,
  spec: { template: { spec: { nodeSelector: 'texts' } } },
  status: { desiredNumberScheduled: 'number' },
};

export const webhook: Shape = {
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
      namespaceSelector: labelSelector,
      objectSelector: labelSelector,
    },
  ],
};

export const networkPolicy: Shape = {
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

export const accessReview: Shape = {
  'spec!': { resourceAttributes: { verb: 'text', group: 'text', resource: 'text', namespace: 'text' } },
  status: { allowed: 'boolean', reason: 'text' },
};

/** metallb.io/v1beta1, IPAddressPool. */
export const addressPool: Shape = { metadata, spec: { addresses: ['text'] } };

/** metallb.io/v1beta1, L2Advertisement and BGPAdvertisement. */
export const advertisement: Shape = {
  metadata,
  spec: {
    ipAddressPools: ['text'],
    ipAddressPoolSelectors: [labelSelector],
    nodeSelectors: [labelSelector],
    serviceSelectors: [labelSelector],
    interfaces: ['text'],
  },
};

/** metallb.io/v1beta1, ServiceL2Status. */
export const serviceL2Status: Shape = {
  metadata,
  status: { node: 'text', serviceName: 'text', serviceNamespace: 'text' },
};

/** elbv2.k8s.aws/v1beta1, TargetGroupBinding. */
export const targetGroupBinding: Shape = {
  metadata,
  spec: { serviceRef: { name: 'text', port: 'port' } },
  status: { conditions: [condition] },
};

/** cilium.io/v2, CiliumLoadBalancerIPPool. */
export const ciliumPool: Shape = {
  metadata,
  spec: {
    disabled: 'boolean',
    serviceSelector: labelSelector,
    blocks: [{ cidr: 'text', start: 'text', stop: 'text' }],
  },
  status: { conditions: [condition] },
};

/** cilium.io/v2alpha1, CiliumL2AnnouncementPolicy. */
export const ciliumL2Policy: Shape = {
  metadata,
  spec: {
    serviceSelector: labelSelector,
    nodeSelector: labelSelector,
    loadBalancerIPs: 'boolean',
    externalIPs: 'boolean',
  },
};

/** cilium.io/v2, CiliumBGPAdvertisement. */
export const ciliumBgpAdvertisement: Shape = {
  metadata,
  spec: {
    advertisements: [{ advertisementType: 'text', service: { addresses: ['text'] }, selector: labelSelector }],
  },
};

const issuerReference: Shape = { name: 'text', kind: 'text', group: 'text' };

/** cert-manager.io/v1, Certificate. */
export const certificate: Shape = {
  metadata,
  spec: { secretName: 'text', dnsNames: ['text'], issuerRef: issuerReference },
  status: { conditions: [condition] },
};

/** cert-manager.io/v1, CertificateRequest. */
export const certificateRequest: Shape = {
  metadata,
  spec: { issuerRef: issuerReference },
  status: { conditions: [condition] },
};

/** acme.cert-manager.io/v1, Order. */
export const order: Shape = { metadata, status: { state: 'text', reason: 'text' } };

/** acme.cert-manager.io/v1, Challenge. */
export const challenge: Shape = {
  metadata,
  spec: { type: 'text', dnsName: 'text' },
  status: { state: 'text', reason: 'text' },
};

/** cert-manager.io/v1, Issuer and ClusterIssuer. */
export const issuer: Shape = {
  metadata,
  spec: { ca: { secretName: 'text' }, acme: { solvers: [{ http01: 'any', dns01: 'any' }] } },
  status: { conditions: [condition] },
};

/** coordination.k8s.io/v1, Lease. */
export const lease: Shape = { metadata, spec: { holderIdentity: 'text' } };

/** Creates a shape with a field of this type for each resource that quotas count. */
const counts = (value: 'port' | 'number'): Shape =>
  Object.fromEntries(countedResources.map((resource) => [resource, value]));

/** ResourceQuota. A quantity is a text. In a file that a person wrote, it may be a number. */
export const resourceQuota: Shape = {
  metadata,
  spec: { hard: counts('port'), scopes: ['text'], scopeSelector: 'any' },
  status: { hard: counts('port'), used: counts('port') },
};

/** A DryRun (dry-run.ts). */
export const dryRun: Shape = {
  'mode!': 'text',
  'kind!': 'text',
  'namespace!': 'text',
  'name!': 'text',
  'outcome!': 'text',
  'status!': 'number',
  'message!': 'text',
  'counts!': counts('number'),
};

const connectionAnswer: Shape = { 'outcome!': 'text', 'code!': 'text' };

const certificateAnswer: Shape = {
  'trusted!': 'boolean',
  'code!': 'text',
  'subject!': 'text',
  'issuer!': 'text',
  'validTo!': 'text',
  validFrom: 'text',
  lacksIntermediate: 'boolean',
  'names!': ['text'],
};

const httpAnswer: Shape = {
  'outcome!': 'text',
  'status!': 'number',
  page: 'text',
  location: 'text',
  setsCookie: 'boolean',
  wantsTls: 'boolean',
  app: 'text',
  refusesHost: 'boolean',
  letsIn: 'boolean',
  outside: [{ 'kind!': 'text', 'path!': 'text' }],
};

/** An AddressProbe (probe.ts). */
export const probe: Shape = {
  'address!': 'text',
  'port!': 'number',
  'scheme!': 'text',
  'host!': 'text',
  'path!': 'text',
  proxy: 'text',
  'names!': [{ 'name!': 'text', 'outcome!': 'text', 'addresses!': ['text'], 'code!': 'text' }],
  httpsPort: 'number',
  from: 'text',
  isLetIn: 'boolean',
  connection: connectionAnswer,
  certificate: certificateAnswer,
  http: httpAnswer,
  followed: {
    'port!': 'number',
    'path!': 'text',
    'connection!': connectionAnswer,
    certificate: certificateAnswer,
    http: httpAnswer,
  },
  landing: httpAnswer,
  slashless: httpAnswer,
  unauthenticated: { 'path!': 'text', 'answer!': httpAnswer },
  websocket: { 'path!': 'text', 'own!': httpAnswer, foreign: httpAnswer },
};

/** A PodProbe (probe.ts). */
export const podProbe: Shape = {
  'namespace!': 'text',
  'pod!': 'text',
  'port!': 'number',
  'proxy!': { 'outcome!': 'text', 'message!': 'text' },
  listening: [{ 'address!': 'text', 'port!': 'number' }],
  'why!': 'text',
};
