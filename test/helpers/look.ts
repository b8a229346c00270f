import type { Node, Pod, Service } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import type { Ingress, IngressClass } from 'kubernetes-types/networking/v1';
import { ingressControllers } from '../../src/exposure/controllers/known-controllers.ts';
import type { Endpoint } from '../../src/exposure/endpoint.ts';
import { indexSnapshot, type SnapshotIndex } from '../../src/exposure/snapshot-index.ts';
import { type EndpointFilter, resolveEndpoints } from '../../src/modes/resolve-endpoints.ts';
import { selects } from '../../src/snapshot/selector.ts';
import { type Snapshot, snapshotOf } from '../../src/snapshot/snapshot.ts';
import type { Observed, Topic, Unobserved } from '../../src/snapshot/topics.ts';
import { sliceOf } from './skypilot-objects.ts';

export type KubernetesObject = Pod | Service | Ingress | IngressClass | EndpointSlice | Node;

/** From where, and as whom, objects are looked at. */
export interface LookOptions {
  readonly context?: string;
  /** null looks at all namespaces. */
  readonly namespace?: string | null;
  /** Topics that may not be seen. */
  readonly unseen?: readonly Topic[];
  readonly ingressService?: string;
}

export function seen<T>(items: readonly T[]): Observed<T> {
  return { observed: true, items, resourceVersion: '7', cutOff: false };
}

export function forbidden(topic: string): Unobserved {
  return { observed: false, reason: 'forbidden', message: `${topic} is forbidden` };
}

/**
 * The snapshot that an API server with these objects would give. EndpointSlices are made for the Services that have
 * none, as the controller makes them.
 */
export function lookAt(objects: readonly KubernetesObject[], options: LookOptions = {}): Snapshot {
  const { context = 'prod', namespace = 'default', unseen = [] } = options;
  const all = <T extends KubernetesObject>(kind: string) => objects.filter((object) => object.kind === kind) as T[];
  const here = <T extends KubernetesObject>(kind: string) =>
    all<T>(kind).filter(({ metadata }) => namespace === null || metadata?.namespace === namespace);
  const services = here<Service>('Service');
  const topics = {
    pods: seen(here<Pod>('Pod')),
    services: seen(services),
    ingresses: seen(here<Ingress>('Ingress')),
    endpointSlices: seen([...here<EndpointSlice>('EndpointSlice'), ...slicesFor(services, objects)]),
    ingressClasses: seen(all<IngressClass>('IngressClass')),
    nodes: seen(all<Node>('Node')),
    ...(namespace !== null && {
      controllerServices: seen(all<Service>('Service').filter(isOfController)),
      ingressNginxServices: seen(
        all<Service>('Service').filter(({ metadata }) => metadata?.namespace === 'ingress-nginx'),
      ),
      ...(options.ingressService && {
        namedControllerServices: seen(
          all<Service>('Service').filter(
            ({ metadata }) => `${metadata?.namespace}/${metadata?.name}` === options.ingressService,
          ),
        ),
      }),
    }),
  };
  const hidden = Object.fromEntries(unseen.map((topic) => [topic, forbidden(topic)]));
  return snapshotOf({ context, namespace, takenAt: '2026-11-02T12:00:00.000Z' }, { ...topics, ...hidden });
}

export function indexAt(objects: readonly KubernetesObject[], options: LookOptions = {}): SnapshotIndex {
  return indexSnapshot(lookAt(objects, options), { ingressService: options.ingressService });
}

/** All rows. */
export function rowsAt(
  objects: readonly KubernetesObject[],
  options: LookOptions = {},
  filter: EndpointFilter = {},
): Endpoint[] {
  return resolveEndpoints(indexAt(objects, options), filter);
}

/** The one row there is. */
export function rowAt(
  objects: readonly KubernetesObject[],
  options: LookOptions = {},
  filter: EndpointFilter = {},
): Endpoint {
  const rows = rowsAt(objects, options, filter);
  if (rows.length !== 1) {
    throw new Error(`${rows.length} rows: ${rows.map(({ mode, port }) => `${mode} ${port}`).join(', ')}`);
  }
  return rows[0]!;
}

function isOfController({ metadata }: Service): boolean {
  const names = ingressControllers.flatMap(({ serviceLabels }) =>
    serviceLabels.map((labels) => labels['app.kubernetes.io/name']),
  );
  return names.includes(metadata?.labels?.['app.kubernetes.io/name'] ?? 'none');
}

function slicesFor(services: readonly Service[], objects: readonly KubernetesObject[]): EndpointSlice[] {
  const present = objects.filter(({ kind }) => kind === 'EndpointSlice');
  const done = new Set(
    present.map(({ metadata }) => `${metadata?.namespace}/${metadata?.labels?.['kubernetes.io/service-name']}`),
  );
  return services
    .filter(({ metadata }) => !done.has(`${metadata?.namespace}/${metadata?.name}`))
    .map((service) => {
      const backends = objects.filter(
        (object): object is Pod =>
          object.kind === 'Pod' &&
          object.metadata?.namespace === service.metadata?.namespace &&
          selects(service.spec?.selector, object.metadata?.labels) &&
          (object as Pod).status?.podIP !== undefined,
      );
      return sliceOf(service, backends);
    });
}
