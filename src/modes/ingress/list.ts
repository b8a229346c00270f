import type { Service, ServicePort } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import { askedByIngress, askedByLoadBalancer, tailnetScopeOfIngress } from '../../exposure/asked-on-path.ts';
import { type Backends, backendsOf } from '../../exposure/backends.ts';
import { closingTimeOf } from '../../exposure/closing-time.ts';
import { composeEndpoint } from '../../exposure/compose-endpoint.ts';
import { type IngressAddress, ingressAddressOf } from '../../exposure/controllers/ingress-address.ts';
import { printedForForeign, printedForOwnIngress } from '../../exposure/difference.ts';
import type { Endpoint, Owner } from '../../exposure/endpoint.ts';
import { publishedHostOf } from '../../exposure/external-addresses.ts';
import { isOurs, portOfOurPortService } from '../../exposure/ownership.ts';
import type { SnapshotIndex } from '../../exposure/snapshot-index.ts';
import { nameOnCloudOf } from '../../exposure/snapshot-index.ts';
import { schemeOf } from '../../exposure/url.ts';
import { parseIngressName, parseServiceName } from '../../skypilot/names.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import { referenceTo } from '../../snapshot/object-reference.ts';
import { itemsOf } from '../../snapshot/topics.ts';
import { inClusterHostOf, missingPods, ownerOfService } from '../service-ports.ts';
import { onlyRedirects } from './own-ingresses.ts';
import { backendsOfIngress, calledPathOf, type IngressBackendPath } from './paths.ts';

/** The rows of all Ingress paths that lead to a SkyPilot cluster, and of the per-port Services without an Ingress. */
export function ingressEndpoints(view: SnapshotIndex): Endpoint[] {
  const reached = new Set<string>();
  const serving = itemsOf(view.snapshot.topics.ingresses).filter((each) => !onlyRedirects(each));
  const rows = serving.flatMap((ingress) => {
    let address: IngressAddress | undefined;
    return backendsOfIngress(ingress).flatMap((path) => {
      const key = `${ingress.metadata?.namespace}/${path.serviceName}`;
      reached.add(key);
      const service = view.services.get(key);
      return skyClustersBehind(view, ingress, path, service).map((skyCluster) => {
        address ??= ingressAddressOf(view, ingress);
        return pathEndpoint(view, { ingress, path, service, skyCluster, address });
      });
    });
  });
  return [...rows, ...portServicesWithoutIngress(view, reached)];
}

interface PathFacts {
  readonly ingress: Ingress;
  readonly path: IngressBackendPath;
  readonly service: Service | undefined;
  readonly skyCluster: SkyCluster;
  readonly address: IngressAddress;
}

function pathEndpoint(view: SnapshotIndex, { ingress, path, service, skyCluster, address }: PathFacts): Endpoint {
  const port = service && portBehind(service, path);
  const servicePort = port?.port ?? path.servicePort.number ?? 0;
  const managedBy = ownerOfIngress(ingress);
  // If a controller has only port 443, it serves every Ingress there.
  const https = hasTls(ingress, path.host) || (!address.ports.http && address.ports.https !== undefined);
  // A rule without a host matches every name, including the name that external-dns publishes.
  const publishedHost = publishedHostOf(ingress) ?? address.publishedHost;
  const tailnetScope = tailnetScopeOfIngress(view, ingress);
  const isServeIngress = parseIngressName(ingress.metadata?.name ?? '')?.role === 'serve-ingress';
  return composeEndpoint({
    skyCluster,
    mode: 'ingress',
    port: servicePort,
    targetPort: port?.targetPort ?? servicePort,
    protocol: 'TCP',
    scheme: https ? 'https' : 'http',
    path: calledPathOf(path.path),
    host: path.host?.startsWith('*') ? undefined : (path.host ?? publishedHost),
    publishedHost: path.host === undefined ? publishedHost : undefined,
    addresses: address.addresses,
    addressPort: (https ? address.ports.https : address.ports.http) ?? (https ? 443 : 80),
    httpsPort: https ? undefined : address.ports.https,
    unknown: unseenServices(view) ?? address.unknown,
    broken: brokenLink(view, { ingress, path, service, skyCluster, address }, port),
    pending: address.pending ?? 'the Ingress has no address',
    backends: service && port ? backendsOf(view, service, port) : noBackends,
    ...(tailnetScope && { scope: tailnetScope }),
    asked: [
      ...askedByIngress(view, ingress, service),
      ...(address.balanced ? askedByLoadBalancer(address.balanced) : []),
    ],
    inClusterHost: service ? inClusterHostOf(service) : null,
    inClusterScheme: port ? schemeOf(port) : 'http',
    managedBy,
    closesAt: service && closingTimeOf(service, servicePort),
    skyPilot: skyPilotPart(view, skyCluster, servicePort, isServeIngress ? 'serve' : managedBy),
    source: [
      referenceTo('Ingress', ingress),
      ...(service ? [referenceTo('Service', service)] : []),
      ...(address.service ? [address.service] : []),
    ],
    object: ingress,
  });
}

const noBackends: Backends = { state: 'none', reason: 'there is no backend Service' };

function brokenLink(view: SnapshotIndex, facts: PathFacts, port: ServicePort | undefined): string | undefined {
  if (facts.address.broken) return facts.address.broken;
  const { path, service } = facts;
  if (!service) return `its backend, Service ${path.serviceName}, does not exist`;
  if (!port)
    return `its backend, Service ${path.serviceName}, has no port ${path.servicePort.number ?? path.servicePort.name}`;
  return missingPods(view, facts.skyCluster);
}

function portServicesWithoutIngress(view: SnapshotIndex, reached: ReadonlySet<string>): Endpoint[] {
  const { ingresses } = view.snapshot.topics;
  return [...view.services].flatMap(([key, service]) => {
    const port = service.spec?.ports?.[0];
    const nameOnCloud = nameOnCloudOf(service);
    const skyCluster = nameOnCloud && view.skyClusterNamed(service.metadata?.namespace ?? '', nameOnCloud);
    if (reached.has(key) || !isPortService(service) || !port || !skyCluster) return [];
    const managedBy = ownerOfService(service);
    return composeEndpoint({
      skyCluster,
      mode: 'ingress',
      port: port.port,
      targetPort: port.targetPort ?? port.port,
      protocol: 'TCP',
      scheme: schemeOf(port),
      addresses: [],
      addressPort: 80,
      unknown: ingresses.observed ? undefined : `ingresses were not seen (${ingresses.message})`,
      broken: `no Ingress leads to Service ${service.metadata?.name}`,
      pending: '',
      backends: backendsOf(view, service, port),
      // Without the list of Ingresses, the settings of the Ingress are not known either.
      asked: ingresses.observed ? [] : ['unknown'],
      inClusterHost: inClusterHostOf(service),
      managedBy,
      closesAt: closingTimeOf(service, port.port),
      skyPilot: skyPilotPart(view, skyCluster, port.port, managedBy),
      source: [referenceTo('Service', service)],
      object: service,
    });
  });
}

function isPortService(service: Service): boolean {
  const name = service.metadata?.name ?? '';
  if (isOurs(service.metadata)) return portOfOurPortService(name) !== undefined;
  return parseServiceName(name)?.role === 'port-service';
}

/**
 * The SkyPilot clusters that a path leads to: those whose Pods the Service behind the path selects. If there are none,
 * it is the cluster in the name of the Ingress. If this name contains no cluster and the Service does not exist, it is
 * the cluster in the name of the Service.
 */
export function skyClustersBehind(
  view: SnapshotIndex,
  ingress: Ingress,
  path: IngressBackendPath,
  service: Service | undefined,
): readonly SkyCluster[] {
  const selected = service ? view.skyClustersOf(service) : [];
  if (selected.length > 0) return selected;
  const namespace = ingress.metadata?.namespace ?? '';
  // The name of SkyServe's Ingress contains a SkyPilot cluster, even if the Service behind the path selects no Pod of
  // this cluster.
  const nameOnCloud = nameOnCloudOf(ingress) ?? (service ? undefined : parseServiceName(path.serviceName)?.nameOnCloud);
  const skyCluster = nameOnCloud === undefined ? undefined : view.skyClusterNamed(namespace, nameOnCloud);
  return skyCluster ? [skyCluster] : [];
}

/** The port of the Service that a path leads to; undefined if the Service does not have this port. */
export function portBehind(service: Service, { servicePort }: IngressBackendPath): ServicePort | undefined {
  return service.spec?.ports?.find(({ port, name }) =>
    servicePort.name ? name === servicePort.name : port === servicePort.number,
  );
}

function unseenServices(view: SnapshotIndex): string | undefined {
  const { services } = view.snapshot.topics;
  return services.observed ? undefined : `services were not seen (${services.message})`;
}

/** Whether an Ingress has a certificate for a host. An entry without hosts counts for every host. */
export function hasTls(ingress: Ingress, host: string | undefined): boolean {
  const covered = [host, host?.replace(/^[^.]+/, '*')];
  return (ingress.spec?.tls ?? []).some(
    ({ hosts = [] }) => hosts.length === 0 || hosts.some((each) => covered.includes(each)),
  );
}

/**
 * Who created an Ingress: this plugin if the Ingress has our label, SkyPilot if its name is one that only SkyPilot
 * uses, otherwise another owner.
 */
export function ownerOfIngress(ingress: Ingress): Owner {
  if (isOurs(ingress.metadata)) return 'kubectl-skyports';
  return parseIngressName(ingress.metadata?.name ?? '') ? 'skypilot' : 'other';
}

function skyPilotPart(view: SnapshotIndex, skyCluster: SkyCluster, port: number, owner: Owner | 'serve') {
  if (owner === 'serve') return { prints: null, reason: '`sky serve status` shows the host names of SkyServe' };
  return owner === 'skypilot' ? printedForOwnIngress(view, skyCluster, port) : printedForForeign(owner);
}
