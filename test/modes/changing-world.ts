import fc from 'fast-check';
import { keyOf, type WithMetadata } from '../../src/snapshot/object-reference.ts';
import { type Snapshot, snapshotOf } from '../../src/snapshot/snapshot.ts';
import type { TopicChange } from '../../src/snapshot/topic-change.ts';
import type { Topic } from '../../src/snapshot/topics.ts';
import { forbidden, seen } from '../helpers/look.ts';
import { ingressNginxPod, ingressNginxService } from '../helpers/skypilot-objects.ts';

/**
 * A small world whose objects meet in every way: a few names, so that Services select Pods of several SkyPilot clusters,
 * have the name of one and select another, and Ingresses lead to Services of all owners or to none.
 */
const namespaces = ['a', 'b'] as const;
const clusters = ['c1', 'c2', 'sky-serve-controller-1'] as const;
const ours = { 'app.kubernetes.io/managed-by': 'kubectl-skyports' };
const of = fc.constantFrom;
const namespace = of(...namespaces);
const cluster = of(...clusters);

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const serviceName = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(cluster, of('--skypilot-lb', '--skypilot-svc--80', '--skyports-lb')).map(joined) },
  { weight: 3, arbitrary: fc.tuple(cluster, of('--skyports-svc--80', '--skyports-nodeport', '-head')).map(joined) },
  { weight: 4, arbitrary: of('web', 'shared', 'mine') },
);

function joined([first, second]: readonly [string, string]): string {
  return `${first}${second}`;
}

function named(name: string, where: string, more: object = {}) {
  return { name, namespace: where, creationTimestamp: '2026-11-02T10:00:00Z', ...more };
}

const pod = fc
  .record({
    where: namespace,
    of: cluster,
    role: of('head', 'worker1', 'worker2'),
    labelled: maybe(cluster),
    display: maybe(of('Train', 'Other')),
    ready: fc.boolean(),
    phase: of('Running', 'Running', 'Pending', 'Failed'),
    ending: of(false, false, false, true),
    app: maybe(of('x', 'y')),
    ip: maybe(of('10.0.0.1', '10.0.0.2')),
  })
  .map(({ where, of: its, role, labelled = its, display, ready, phase, ending, app, ip }) => ({
    metadata: named(`${its}-${role}`, where, {
      labels: {
        'skypilot-cluster-name': labelled,
        component: `${its}-${role}`,
        'ray-node-type': role === 'head' ? 'head' : 'worker',
        ...(app && { app }),
      },
      ...(display && { annotations: { 'skypilot-cluster-name': display } }),
      ...(ending && { deletionTimestamp: '2026-11-02T11:00:00Z' }),
    }),
    status: { phase, podIP: ip, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }));

const selector = fc.oneof(
  cluster.map((name) => ({ 'skypilot-cluster-name': name })),
  fc.tuple(cluster, of('head', 'worker1')).map(([name, role]) => ({ component: `${name}-${role}` })),
  of('x', 'y').map((app) => ({ app })),
  fc.tuple(of('x', 'y'), cluster).map(([app, name]) => ({ app, 'skypilot-cluster-name': name })),
  fc.constant({}),
);

const service = fc
  .record({
    name: serviceName,
    where: namespace,
    type: of('LoadBalancer', 'LoadBalancer', 'ClusterIP', 'NodePort'),
    selector,
    ports: of([80], [80, 8888], [8888], [30_001]),
    portName: maybe(of('http', 'https')),
    isOurs: fc.boolean(),
    display: maybe(of('Train', 'Kept')),
    ip: maybe(of('203.0.113.5', '203.0.113.6')),
    annotation: maybe(
      of(
        ['service.beta.kubernetes.io/coreweave-load-balancer-type', 'public'],
        ['metallb.universe.tf/ip-allocated-from-pool', 'first'],
        ['skyports/closes-at.80', '2027-01-01T00:00:00Z'],
        ['external-dns.alpha.kubernetes.io/hostname', 'train.example.com'],
      ),
    ),
    failing: maybe(of('LoadBalancerFailed', 'Stalled')),
    labelled: maybe(of('traefik', 'ingress-nginx')),
  })
  .map((each) => ({
    metadata: named(each.name, each.where, {
      labels: {
        ...(each.isOurs ? ours : { parent: 'skypilot' }),
        ...(each.labelled === 'traefik' && each.name === 'mine' && { 'app.kubernetes.io/name': 'traefik' }),
      },
      annotations: {
        ...(each.display && { 'skyports/sky-cluster': each.display }),
        ...(each.annotation && { [each.annotation[0]!]: each.annotation[1]! }),
      },
    }),
    spec: {
      type: each.type,
      selector: each.selector,
      clusterIP: '10.96.0.9',
      ports: each.ports.map((port) => ({
        name: each.portName ?? `p${port}`,
        port,
        targetPort: port,
        nodePort: 30_900,
      })),
    },
    status: {
      ...(each.ip && { loadBalancer: { ingress: [{ ip: each.ip }] } }),
      ...(each.failing && {
        conditions: [
          { type: each.failing, status: 'True', reason: 'SyncLoadBalancerFailed', message: 'no more calls' },
        ],
      }),
    },
  }));

const controllerService = fc
  .record({
    ip: maybe(of('203.0.113.10', '203.0.113.11')),
    product: of('ingress-nginx', 'traefik'),
    namespace: of('ingress-nginx', 'a'),
  })
  .map(({ ip, product, namespace: where }) => ({
    metadata: named(product === 'traefik' ? 'traefik' : 'ingress-nginx-controller', where, {
      labels: { 'app.kubernetes.io/name': product, 'app.kubernetes.io/component': 'controller' },
    }),
    spec: {
      type: 'LoadBalancer',
      selector: { 'app.kubernetes.io/name': product },
      ports: [
        { name: 'http', port: 80, nodePort: 30_080 },
        { name: 'https', port: 443, nodePort: 30_443 },
      ],
    },
    status: { ...(ip && { loadBalancer: { ingress: [{ ip }] } }) },
  }));

const ingress = fc
  .record({
    where: namespace,
    name: fc.oneof(
      fc.tuple(cluster, of('-skypilot-ingress', '-skypilot-serve-ingress', '--skyports-ingress')).map(joined),
      of('web', 'all'),
    ),
    isOurs: fc.boolean(),
    redirects: of(false, false, false, true),
    className: maybe(of('nginx', 'nginx', 'nginx', 'traefik', 'missing')),
    backends: fc.array(fc.tuple(serviceName, of(80, 8888)), { maxLength: 3 }),
    fallback: maybe(serviceName),
    tls: fc.boolean(),
    published: maybe(of('203.0.113.10', '127.0.0.1')),
    issuer: fc.boolean(),
  })
  .map((each) => ({
    metadata: named(each.name, each.where, {
      labels: each.isOurs ? ours : {},
      annotations: {
        ...(each.redirects && { 'skyports/only-redirects': 'true' }),
        ...(each.issuer && { 'cert-manager.io/issuer': 'letsencrypt' }),
      },
    }),
    spec: {
      ingressClassName: each.className,
      ...(each.tls && { tls: [{ hosts: ['train.example.com'], secretName: 'cert' }] }),
      rules: [
        {
          host: each.tls ? 'train.example.com' : undefined,
          http: {
            paths: each.backends.map(([name, number], at) => ({
              path: `/${at}(/|$)(.*)`,
              backend: { service: { name, port: { number } } },
            })),
          },
        },
      ],
      ...(each.fallback && { defaultBackend: { service: { name: each.fallback, port: { number: 80 } } } }),
    },
    status: { ...(each.published && { loadBalancer: { ingress: [{ ip: each.published }] } }) },
  }));

const slice = fc
  .record({
    where: namespace,
    service: serviceName,
    at: of('1', '2'),
    ready: fc.boolean(),
    port: of('p80', 'http', ''),
  })
  .map(({ where, service: its, at, ready, port }) => ({
    metadata: named(`${its}-${at}`, where, { labels: { 'kubernetes.io/service-name': its } }),
    ports: [{ name: port, port: 80 }],
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready }, nodeName: at === '1' ? 'n1' : 'n2' }],
  }));

const event = (kind: 'Service' | 'Pod', reasons: readonly string[]) =>
  fc
    .record({
      where: namespace,
      name: kind === 'Service' ? serviceName : fc.tuple(cluster, of('-head', '-worker1')).map(joined),
      reason: of(...reasons),
      at: of('2026-11-02T11:00:00Z', '2026-11-02T11:01:00Z'),
      index: of('1', '2'),
    })
    .map(({ where, name, reason, at, index }) => ({
      metadata: named(`event-${name}-${index}`, where),
      involvedObject: { kind, namespace: where, name },
      type: 'Warning',
      reason,
      message: 'quota exceeded',
      lastTimestamp: at,
    }));

const node = fc
  .record({ name: of('n1', 'n2'), ready: fc.boolean(), ip: of('198.51.100.1', '198.51.100.2') })
  .map(({ name, ready, ip }) => ({
    metadata: { name, creationTimestamp: '2026-11-02T10:00:00Z' },
    spec: { providerID: name === 'n2' ? 'aws:///x' : 'k3s://x' },
    status: {
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      addresses: [{ type: 'ExternalIP', address: ip }],
    },
  }));

const ingressClass = fc
  .record({ name: of('nginx', 'traefik'), isDefault: fc.boolean(), known: fc.boolean() })
  .map(({ name, isDefault, known }) => ({
    metadata: {
      name,
      annotations: isDefault ? { 'ingressclass.kubernetes.io/is-default-class': 'true' } : {},
    },
    spec: { controller: known ? `k8s.io/ingress-${name}` : 'traefik.io/ingress-controller' },
  }));

const controllerPod = fc
  .record({ ready: fc.boolean(), product: of('ingress-nginx', 'traefik'), where: of('ingress-nginx', 'a') })
  .map(({ ready, product, where }) => ({
    metadata: named(`${product}-0`, where, { labels: { 'app.kubernetes.io/name': product } }),
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }));

const certificate = fc.record({ where: namespace, ready: fc.boolean() }).map(({ where, ready }) => ({
  metadata: named('cert', where),
  spec: { secretName: 'cert' },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', message: 'not yet' }] },
}));

/** One object of each topic whose objects decide rows; weighted by how often it changes. */
const objects: readonly (readonly [Topic, number, fc.Arbitrary<WithMetadata>])[] = [
  ['pods', 8, pod as fc.Arbitrary<WithMetadata>],
  ['services', 10, service as fc.Arbitrary<WithMetadata>],
  ['services', 2, controllerService as fc.Arbitrary<WithMetadata>],
  ['ingresses', 6, ingress as fc.Arbitrary<WithMetadata>],
  ['endpointSlices', 6, slice as fc.Arbitrary<WithMetadata>],
  ['events', 3, event('Service', ['SyncLoadBalancerFailed', 'AllocationFailed']) as fc.Arbitrary<WithMetadata>],
  ['podEvents', 3, event('Pod', ['Evicted', 'Stopped', 'Killing']) as fc.Arbitrary<WithMetadata>],
  ['nodes', 1, node as fc.Arbitrary<WithMetadata>],
  ['ingressClasses', 2, ingressClass as fc.Arbitrary<WithMetadata>],
  ['controllerPods', 1, controllerPod as fc.Arbitrary<WithMetadata>],
  ['certificates', 1, certificate as fc.Arbitrary<WithMetadata>],
];

/** A step: an object appears or is replaced, one disappears, or a whole topic is read again. */
export interface Step {
  readonly topic: Topic;
  readonly object: WithMetadata;
  readonly how: 'set' | 'delete' | 'list';
}

const step: fc.Arbitrary<Step> = fc
  .oneof(
    ...objects.map(([topic, weight, arbitrary]) => ({
      weight,
      arbitrary: arbitrary.map((object) => ({ topic, object })),
    })),
  )
  .chain(({ topic, object }) =>
    of('set', 'set', 'set', 'set', 'set', 'set', 'delete', 'delete', 'list').map(
      (how) => ({ topic, object: JSON.parse(JSON.stringify(object)), how }) as Step,
    ),
  );

/** Objects at the start, and then groups of steps. */
export const history = fc.record({
  first: fc.array(step, { minLength: 20, maxLength: 60 }),
  groups: fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 }),
});

/** ingress-nginx, so that some Ingresses are served until a step removes it. */
const usual: readonly Pick<Step, 'topic' | 'object'>[] = [
  {
    topic: 'ingressClasses',
    object: { metadata: { name: 'nginx' }, spec: { controller: 'k8s.io/ingress-nginx' } } as WithMetadata,
  },
  { topic: 'services', object: ingressNginxService({ ip: '203.0.113.10' }) },
  { topic: 'controllerPods', object: ingressNginxPod() },
];

/** The topics of a cluster, as a watch keeps them. */
export class ChangingWorld {
  readonly #topics = new Map<Topic, Map<string, WithMetadata>>();
  readonly #unseen: readonly Topic[];
  readonly #place: { readonly context: string; readonly namespace: string | null };

  constructor(first: readonly Step[], place: { readonly namespace: string | null; readonly unseen: readonly Topic[] }) {
    this.#unseen = place.unseen;
    this.#place = { context: 'prod', namespace: place.namespace };
    for (const [topic] of objects) this.#topics.set(topic, new Map());
    for (const { topic, object } of [...usual, ...first]) this.#topics.get(topic)!.set(keyOf(object), object);
  }

  /** Makes a step; returns the change that a watch would report. */
  change({ topic, object, how }: Step): TopicChange {
    const items = this.#topics.get(topic)!;
    const key = keyOf(object);
    const before = items.get(key);
    if (how === 'list') {
      items.delete(key);
      return { topic, listed: seen([...items.values()]) };
    }
    if (how === 'delete') {
      items.delete(key);
      return { topic, before, after: undefined };
    }
    items.set(key, object);
    return { topic, before, after: object };
  }

  snapshot(emptied?: ReadonlySet<Topic>): Snapshot {
    const { namespace: place } = this.#place;
    const isHere = ({ metadata }: WithMetadata) => place === null || metadata?.namespace === place;
    const entries = [...this.#topics].map(([topic, items]) => {
      if (this.#unseen.includes(topic)) return [topic, forbidden(topic)] as const;
      return [topic, seen(emptied?.has(topic) ? [] : [...items.values()].filter(isHere))] as const;
    });
    const topics = Object.fromEntries(entries);
    return snapshotOf({ ...this.#place, takenAt: '2026-11-02T12:00:00.000Z' }, topics);
  }
}
