import type { Service } from 'kubernetes-types/core/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';
import type { Endpoint, Owner } from '../../exposure/endpoint.ts';
import { mappingOf, type PortMapping } from '../../exposure/port-mapping.ts';
import { scopeOf } from '../../exposure/scope.ts';
import { ownerOfIngress, portBehind, skyClustersBehind } from '../../modes/ingress/list.ts';
import { ingress as ingressMode } from '../../modes/ingress/mode.ts';
import { onlyRedirects } from '../../modes/ingress/own-ingresses.ts';
import { backendsOfIngress, type IngressBackendPath } from '../../modes/ingress/paths.ts';
import { parseIngressName, parseServiceName } from '../../skypilot/names.ts';
import type { SkyCluster } from '../../skypilot/sky-cluster.ts';
import { keyOf } from '../../snapshot/object-reference.ts';
import { lastHttpOf, probeKey } from '../../snapshot/probe.ts';
import { itemsOf, type Topic } from '../../snapshot/topics.ts';
import { type CheckContext, clusterKey, endpointsOf, subjectKey } from '../check-context.ts';
import { allClusters } from '../finding.ts';
import { answerOf } from './answer.ts';
import { whyUntold } from './known-senders.ts';
import { targetsOf } from './probe-targets.ts';

type Judged = Pick<CheckContext, 'view' | 'subject'>;

/** A path of an Ingress that leads, or should lead, to a checked port. */
export interface JudgedPath {
  readonly ingress: Ingress;
  readonly path: IngressBackendPath;
  /** The Service behind the path; undefined if the Service does not exist. */
  readonly service: Service | undefined;
  readonly skyCluster: SkyCluster;
  /** The checked Service port and its Pod port. */
  readonly mapping: PortMapping;
  readonly owner: Owner;
}

/** The Ingress paths that lead to checked ports. If two checks read the same lists, they share the result. */
export function judgedPaths(scene: Judged): readonly JudgedPath[] {
  const { view, subject } = scene;
  const { ingresses, services, pods } = view.snapshot.topics;
  return view.shared(`judged paths ${subjectKey(subject)}`, [ingresses, services, pods], () => findPaths(scene));
}

function findPaths({ view, subject }: Judged): JudgedPath[] {
  const { skyCluster: named, ports, mode } = subject;
  if (mode && mode !== ingressMode.name) return [];
  const serving = itemsOf(view.snapshot.topics.ingresses).filter((each) => !onlyRedirects(each));
  return serving.flatMap((ingress) =>
    backendsOfIngress(ingress).flatMap((path) => {
      const service = view.services.get(`${ingress.metadata?.namespace}/${path.serviceName}`);
      const behind = service && portBehind(service, path);
      const port = behind?.port ?? portMeantBy(path);
      if (ports && !ports.includes(port)) return [];
      return skyClustersBehind(view, ingress, path, service)
        .filter((each) => !named || clusterKey(named) === clusterKey(each))
        .map((skyCluster) => ({
          ...{ ingress, path, service, skyCluster },
          mapping: mappingOf(behind ?? { port }, skyCluster),
          owner: ownerOfIngress(ingress),
        }));
    }),
  );
}

function portMeantBy({ serviceName, servicePort }: IngressBackendPath): number {
  const named = parseServiceName(serviceName);
  return named?.role === 'port-service' ? named.port : (servicePort.number ?? 0);
}

/** An Ingress with a checked path, and the SkyPilot clusters that it affects. */
interface JudgedIngress {
  readonly ingress: Ingress;
  readonly about: readonly string[];
}

/** The Ingresses of the checked paths, without duplicates, and the SkyPilot clusters that they affect. */
export function judgedIngresses(scene: Judged): readonly JudgedIngress[] {
  const paths = judgedPaths(scene);
  return scene.view.shared('judged Ingresses', [paths], () => {
    const byIngress = Map.groupBy(paths, ({ ingress }) => keyOf(ingress));
    return [...byIngress.values()].map((same) => ({
      ingress: same[0]!.ingress,
      about: [...new Set(same.map(({ skyCluster }) => clusterKey(skyCluster)))],
    }));
  });
}

/** The checked endpoints in ingress mode. Per-port Services without an Ingress are included. */
export function ingressRows(scene: Judged): readonly Endpoint[] {
  return endpointsOf(scene).filter(({ mode }) => mode === ingressMode.name);
}

/**
 * Whether a call shows that an app behind the Ingress works. An answer that may be from the controller does not count.
 * The status 404 does not count, because an app sends it for an unknown path. The statuses 502 and 503 do not count
 * either.
 */
export function isAnswered(scene: Judged, ingress: Ingress): boolean {
  return answersBehind(scene, ingress).some((status) => ![404, 502, 503].includes(status));
}

/** Whether a call of the Ingress reached the app. Any answer of the app counts. */
export function isPassedOn(scene: Judged, ingress: Ingress): boolean {
  return answersBehind(scene, ingress).length > 0;
}

/** The statuses of the answers from apps behind the Ingress. */
function answersBehind(scene: Judged, ingress: Ingress): number[] {
  const { view } = scene;
  const { probes: seen } = view.snapshot.topics;
  const probes = view.shared(
    'probes by target',
    [seen],
    () => new Map(itemsOf(seen).map((probe) => [probeKey(probe), probe])),
  );
  const rows = rowsByIngress(scene).get(keyOf(ingress)) ?? [];
  return rows.flatMap((row) =>
    targetsOf(row).flatMap((target) => {
      const probe = probes.get(probeKey(target));
      const http = probe && lastHttpOf(probe);
      if (!http || answerOf(row, new Map([[probeKey(target), probe]]), view).outcome !== 'answered') return [];
      return http.page || whyUntold(http, row, view) !== undefined ? [] : [http.status];
    }),
  );
}

/** The rows in ingress mode by their Ingress. Without it, each Ingress would look at all rows. */
function rowsByIngress(scene: Judged): ReadonlyMap<string, readonly Endpoint[]> {
  const all = endpointsOf(scene);
  const bySource = () => Map.groupBy(ingressRows(scene), ({ source: [first] }) => `${first?.namespace}/${first?.name}`);
  return scene.view.shared('rows by Ingress', [all], bySource);
}

/** The rows in ingress mode that SkyPilot itself opened. SkyPilot computes the path that it prints for them. */
export function skyPilotIngressRows(scene: Judged): readonly Endpoint[] {
  return ingressRows(scene).filter(isPrintedByPath);
}

/**
 * Whether SkyPilot opened the row and prints a computed path for it. For SkyServe's wildcard hosts, SkyPilot prints no
 * path.
 */
export function isPrintedByPath({ managedBy, source }: Endpoint): boolean {
  return managedBy === 'skypilot' && parseIngressName(source[0]?.name ?? '')?.role !== 'serve-ingress';
}

/** Whether the user asks about ingress mode, and no port uses this mode yet. */
export function isPreflight(scene: Judged): boolean {
  return scene.subject.mode === ingressMode.name && ingressRows(scene).length === 0;
}

/** Why checks of ingress mode do not apply; undefined if they apply. */
export function notInIngressMode(scene: Judged): string | undefined {
  const { mode } = scene.subject;
  if (mode && mode !== ingressMode.name) return `mode ${mode} is judged`;
  return mode || ingressRows(scene).length > 0 ? undefined : 'no checked port is in ingress mode';
}

/** The SkyPilot clusters that a finding about the controller affects. */
export function aboutIngressMode(scene: Judged, rows: readonly Endpoint[] = ingressRows(scene)): readonly string[] {
  if (rows.length > 0) return [...new Set(rows.map(clusterKey))];
  return scene.subject.skyCluster ? [clusterKey(scene.subject.skyCluster)] : allClusters;
}

/**
 * The reason to skip a check of controllers; undefined if the check is not skipped. It is skipped if the user may not
 * list controllers, but each Ingress has a public address and so is served. A private address proves nothing: with
 * --publish-service, it may be a ClusterIP.
 */
export function servedUnseen(scene: Judged, topics: readonly Topic[]): string | undefined {
  const seen = scene.view.snapshot.topics;
  const unseen = topics.find((topic) => !seen[topic].observed);
  const ingresses = judgedIngresses(scene);
  if (!unseen || ingresses.length === 0) return undefined;
  const addresses = ingresses.map(({ ingress }) => publishedAddressesOf(ingress).find(isOfTheInternet));
  if (addresses.includes(undefined)) return undefined;
  return `the topics that it needs were not seen; but the Ingress shows the address ${addresses[0]}, so a controller serves it`;
}

/** The addresses in `status.loadBalancer.ingress` of an Ingress. */
export function publishedAddressesOf({ status }: Ingress): string[] {
  const entries = status?.loadBalancer?.ingress ?? [];
  return entries.flatMap(({ ip, hostname }) => [ip, hostname]).filter((address) => !!address) as string[];
}

function isOfTheInternet(address: string): boolean {
  const scope = scopeOf(address);
  return scope === 'public' || scope === null;
}
