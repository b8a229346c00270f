import type { Service, ServicePort, ServiceSpec } from 'kubernetes-types/core/v1';
import { command, cure } from '../../errors/cure.ts';
import { UsageError } from '../../errors/usage-error.ts';
import { stalePins } from '../../platforms/health-check.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import { mustNotExist, type PlannedWrite } from '../../snapshot/plan.ts';
import { type ClosesAt, closingAnnotation, closingChanges } from '../closing-time.ts';
import { isOurs } from '../ownership.ts';
import type { PortMapping } from '../port-mapping.ts';
import { type MetadataChanges, noChanges, ownMetadata, selectorOf, withMetadata } from './manifest.ts';
import { ownedFieldsOf, sameValue } from './owned-fields.ts';

/** The desired state of a Service that this plugin manages. */
export interface WantedService {
  readonly name: string;
  readonly type: 'LoadBalancer' | 'NodePort' | 'ClusterIP';
  readonly skyCluster: SkyCluster;
  /** The ports to add. If an existing port has the same number, the new one replaces it. */
  readonly ports: readonly PortMapping[];
  /** The port to list first, for load balancers that probe only the first port. An existing Service keeps its order. */
  readonly firstPort?: number | undefined;
  readonly allNodes: boolean | undefined;
  readonly annotations: MetadataChanges;
  readonly labels: MetadataChanges;
  readonly closesAt?: ClosesAt;
  /** More fields of the spec. The value undefined removes a field. */
  readonly spec?: { readonly [K in keyof ServiceSpec]?: ServiceSpec[K] | undefined };
}

/**
 * Plans the write of one Service, from its live state.
 *
 * @throws UsageError if an object of another owner already has this name
 */
export function planService(wanted: WantedService, live: Service | undefined): PlannedWrite<Service> {
  const { name, skyCluster } = wanted;
  if (live) refuseForeign('Service', live.metadata?.namespace ?? '', name, isOurs(live.metadata));
  const base: Service = live
    ? ownedFieldsOf(live)
    : { metadata: { name, namespace: skyCluster.namespace, ...ownMetadata(skyCluster) } };
  const spec: ServiceSpec = {
    ...base.spec,
    type: wanted.type,
    selector: selectorFor(wanted, base),
    ports: inOrder(withPorts(base.spec?.ports ?? [], wanted.ports, live), live ? undefined : wanted.firstPort),
    ...(wanted.spec as Partial<ServiceSpec>),
  };
  for (const key of Object.keys(spec) as (keyof ServiceSpec)[]) if (spec[key] === undefined) delete spec[key];
  const ports = wanted.ports.map(({ servicePort }) => servicePort);
  const closing = closingChanges(ports, wanted.closesAt, live);
  const annotations = {
    set: { ...wanted.annotations.set, ...closing.set },
    remove: [...wanted.annotations.remove, ...closing.remove],
  };
  const write = writeOf(withMetadata({ ...base, spec }, annotations, wanted.labels), live, base, ports);
  return withoutStrays(write, live, base, closing.remove);
}

/** Plans a Service of this plugin without the given ports. */
export function planFewerPorts(live: Service, ports: readonly number[]): PlannedWrite<Service> {
  const base = ownedFieldsOf(live);
  const left = (base.spec?.ports ?? []).filter(({ port }) => !ports.includes(port));
  // Remove annotations that set a closed port as the port of the health check. Otherwise, this health check would fail
  // for the remaining ports.
  const closing = ports.map(closingAnnotation);
  const remove = [...stalePins(base.metadata?.annotations ?? {}, ports), ...closing];
  const changed = withMetadata({ ...base, spec: { ...base.spec, ports: left } }, { set: {}, remove }, noChanges);
  const write = writeOf(
    changed,
    live,
    base,
    left.map(({ port }) => port),
  );
  return withoutStrays(write, live, base, closing);
}

/**
 * The write, and the removal of annotations with closing times that another manager owns, as after `kubectl annotate`.
 * If one stayed, `prune` would close a port that was opened to stay.
 */
function withoutStrays(
  write: PlannedWrite<Service>,
  live: Service | undefined,
  base: Service,
  keys: readonly string[],
): PlannedWrite<Service> {
  const isIn = (service: Service | undefined, key: string) => service?.metadata?.annotations?.[key] !== undefined;
  const strays = keys.filter((key) => isIn(live, key) && !isIn(base, key));
  return strays.length === 0 ? write : { ...write, effect: 'changed', withoutAnnotations: strays };
}

/** Refuses to write to an object that this plugin did not create, even if it has a name of this plugin. */
export function refuseForeign(kind: string, namespace: string, name: string, ours: boolean): void {
  if (ours) return;
  throw new UsageError(
    'foreign-object',
    `${kind} ${name} in namespace ${namespace} was not created by kubectl skyports`,
    [
      cure(
        command`kubectl delete ${kind.toLowerCase()} ${name} -n ${namespace} --interactive`,
        'deletes it if nothing needs it; then try again',
      ),
    ],
  );
}

function writeOf(
  manifest: Service,
  live: Service | undefined,
  base: Service,
  ports: readonly number[],
): PlannedWrite<Service> {
  const unchanged = live !== undefined && sameValue(manifest, base);
  const resourceVersion = live?.metadata?.resourceVersion ?? mustNotExist;
  const uid = live?.metadata?.uid;
  return {
    kind: 'Service',
    manifest: {
      apiVersion: 'v1',
      kind: 'Service',
      ...manifest,
      // With the uid, an apply does not create a deleted object again. The resourceVersion alone would not prevent
      // this.
      metadata: { ...manifest.metadata, resourceVersion, ...(uid && { uid }) },
    },
    effect: unchanged ? 'unchanged' : live ? 'changed' : 'created',
    ...(uid && { uid }),
    ports,
  };
}

function selectorFor({ allNodes, skyCluster }: WantedService, base: Service): NonNullable<ServiceSpec['selector']> {
  if (allNodes === undefined && base.spec?.selector) return base.spec.selector;
  return selectorOf(skyCluster, allNodes ?? false);
}

function inOrder(ports: readonly ServicePort[], first: number | undefined): ServicePort[] {
  return [...ports.filter(({ port }) => port === first), ...ports.filter(({ port }) => port !== first)];
}

function withPorts(
  owned: readonly ServicePort[],
  added: readonly PortMapping[],
  live: Service | undefined,
): ServicePort[] {
  const byPort = new Map(owned.map((port) => [port.port, port]));
  for (const { servicePort, targetPort } of added) {
    const present = byPort.get(servicePort);
    // If another field manager added the port, keep its name, because an Ingress may refer to it.
    const foreign = present ? undefined : live?.spec?.ports?.find((each) => isTcpPort(each, servicePort));
    const name = foreign?.name ?? `port${servicePort}`;
    byPort.set(servicePort, { ...present, name, port: servicePort, targetPort, protocol: 'TCP' });
  }
  return [...byPort.values()].sort((a, b) => a.port - b.port);
}

function isTcpPort({ port, protocol = 'TCP' }: ServicePort, servicePort: number): boolean {
  return port === servicePort && protocol === 'TCP';
}
